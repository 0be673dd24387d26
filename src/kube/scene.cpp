#include "kube/scene.hpp"

#include "base/text.hpp"
#include "kube/object.hpp"
#include "kube/pod_template.hpp"

namespace sentimark::kube {
namespace {

template <typename Map>
void file_under_owner(Map& map, const json::Value& object) {
  for (const json::Value& owner : object["metadata"]["ownerReferences"].items()) {
    if (owner["controller"].bool_or(false)) map[owner["uid"].string_or_empty()].push_back(&object);
  }
}

std::string by_name(const std::string& kind, const json::Value& place, const std::string& name) {
  return kind + " " + place["namespace"].string_or_empty() + "/" + name;
}

}  // namespace

Scene::Scene(const Snapshot& taken) : snapshot(taken) {
  for (const json::Value& pod : taken.pods) file_under_owner(pods_, pod);
  for (const json::Value& set : taken.replica_sets) file_under_owner(replica_sets_, set);
  for (const json::Value& slice : taken.endpoint_slices) {
    const json::Value& metadata = slice["metadata"];
    slices_[metadata["namespace"].string_or_empty() + "/" +
            metadata["labels"]["kubernetes.io/service-name"].string_or_empty()]
        .push_back(&slice);
  }
  for (const json::Value& node : taken.nodes) {
    // As a label the second key is the older one, and not written on regular nodes (AKS spot-node-pool, use-labels).
    const json::Value& labels = node["metadata"]["labels"];
    spot_by_node_[node["metadata"]["name"].string_or_empty()] =
        labels["kubernetes.azure.com/priority"].string_or_empty() == "spot" ||
        labels["kubernetes.azure.com/scalesetpriority"].string_or_empty() == "spot";
  }
  for (const json::Value& event : taken.events) {
    // core/v1 says involvedObject, events.k8s.io/v1 regarding.
    const json::Value& about = event["involvedObject"].is_null() ? event["regarding"] : event["involvedObject"];
    const std::string& uid = about["uid"].string_or_empty();
    events_[uid.empty() ? by_name(about["kind"].string_or_empty(), about, about["name"].string_or_empty()) : uid]
        .push_back(&event);
  }
}

const Scene::Found& Scene::look_up(const Map& map, const std::string& key) {
  static const Found none;
  if (key.empty()) return none;
  const auto found = map.find(key);
  return found == map.end() ? none : found->second;
}

Scene::Found Scene::events_about(const json::Value& object) const {
  const json::Value& metadata = object["metadata"];
  Found found = look_up(events_, metadata["uid"].string_or_empty());
  const Found& named =
      look_up(events_, by_name(object["kind"].string_or_empty(), metadata, metadata["name"].string_or_empty()));
  found.insert(found.end(), named.begin(), named.end());
  return found;
}

const Scene::Templates& Scene::templates() const {
  if (templates_) return *templates_;
  Templates& made = templates_.emplace(Templates{});
  for (std::size_t i = 0; i < snapshot.objects.size(); ++i) {
    const json::Value& object = snapshot.objects[i];
    const std::string_view group = group_of(object);
    made.foreign = made.foreign || (base::contains(group, ".") && !group.ends_with(".k8s.io"));
    for (const PodTemplate& pod : pod_templates(object)) {
      made.any = true;
      made.of_release.add(object["metadata"]["namespace"].string_or_empty(), (*pod.metadata)["labels"], i);
    }
  }
  for (std::size_t i = 0; i < snapshot.pods.size(); ++i) {
    const json::Value& metadata = snapshot.pods[i]["metadata"];
    made.of_pods.add(metadata["namespace"].string_or_empty(), metadata["labels"], i);
  }
  return made;
}

Scene::Behind Scene::behind(const std::string& namespace_name, const json::Value& selector) const {
  const Templates& known = templates();
  const std::vector<std::size_t> workloads = known.of_release.selected(namespace_name, selector);
  const bool pods = !known.of_pods.selected(namespace_name, selector).empty();
  Behind found{known.any, known.foreign, pods || !workloads.empty(), pods};
  for (const std::size_t i : workloads)
    found.wants_pods = found.wants_pods || snapshot.objects[i]["spec"]["replicas"].int_or(1) > 0;
  return found;
}

std::optional<bool> Scene::is_on_spot(const json::Value& pod) const {
  const auto found = spot_by_node_.find(pod["spec"]["nodeName"].string_or_empty());
  if (found == spot_by_node_.end()) return std::nullopt;
  return found->second;
}

bool Scene::has_lasted(std::string_view since, int seconds) const {
  if (!snapshot.now) return false;
  const auto began = base::from_rfc3339(since);
  if (!began) return true;
  return snapshot.now->since_epoch - began->since_epoch >= base::Millis{std::int64_t{seconds} * 1000};
}

std::optional<Diagnosis> Scene::proof(const Sign& sign) const {
  auto diagnosis = diagnose(workload_signatures(), sign.text, sign.known);
  if (!diagnosis || diagnosis->row->act == Act::automatic) return std::nullopt;
  const Signature& row = *diagnosis->row;
  const bool counts = row.act != Act::wait;  // what may mend itself is given its whole time
  bool proven = row.patience == 0 || (counts && sign.count >= snapshot.patience.observations);
  if (snapshot.memory != nullptr) {
    const Sightings::Seen seen = snapshot.memory->see(sign.key, snapshot.patience);
    const auto age = snapshot.memory->at().since_epoch - seen.first.since_epoch;
    proven = proven || (counts && seen.count >= snapshot.patience.observations) ||
             age >= base::Millis{std::int64_t{row.patience} * 1000};
  }
  if (!proven && (snapshot.memory == nullptr || !sign.since.empty()))
    proven = has_lasted(sign.since.empty() ? sign.born : sign.since, row.patience);
  if (!proven) return std::nullopt;
  return diagnosis;
}

}  // namespace sentimark::kube
