#include "kube/soak.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "kube/object.hpp"

namespace sentimark::kube {
namespace {

constexpr std::size_t k_most_pods = 250;
constexpr std::size_t k_most_services = 100;
constexpr std::size_t k_most_addresses = 40;  // of one Service; beyond that their number
constexpr std::size_t k_text_told = 200;

std::string place_of(const json::Value& object) {
  const ObjectRef ref = ref_of(object);
  return ref.namespace_name + "/" + ref.name;
}

std::string name_in(const std::string& place) { return place.substr(place.find('/') + 1); }

const std::string& owner_of(const json::Value& object) {
  static const std::string nobody;
  for (const json::Value& owner : object["metadata"]["ownerReferences"].items()) {
    if (owner["controller"].bool_or(false)) return owner["uid"].string_or_empty();
  }
  return nobody;
}

std::string last_state_of(const json::Value& status) {
  const json::Value& ended = status["lastState"]["terminated"];
  if (ended.is_null()) return {};
  std::string text = ended["reason"].string_or_empty() + ", exit code " + std::to_string(ended["exitCode"].int_or(0));
  if (const std::string& message = ended["message"].string_or_empty(); !message.empty())
    text += ": " + base::shorten(base::one_line(message), k_text_told);
  return text;
}

const json::Value& status_of_container(const json::Value& pod, const std::string& name) {
  static const json::Value absent;
  for (const std::string_view list : {"containerStatuses", "initContainerStatuses"}) {
    for (const json::Value& status : pod["status"][list].items()) {
      if (status["name"].string_or_empty() == name) return status;
    }
  }
  return absent;
}

}  // namespace

json::Value to_json(const Movement& movement) {
  json::Value value = json::Object{{"what", movement.what}, {"breaks", movement.breaks}};
  if (movement.pod.empty()) return value;
  value.set("pod", movement.pod);
  if (movement.container.empty()) return value;
  value.set("container", movement.container);
  value.set("restartsBefore", movement.restarts_before);
  value.set("restartsAfter", movement.restarts_after);
  value.set("lastState", movement.last_state);
  return value;
}

std::vector<const json::Value*> serving_pods(const Snapshot& snapshot) {
  std::set<std::string> owners;
  std::set<std::string> own;
  for (const json::Value& object : snapshot.objects) {
    const std::string& kind = object["kind"].string_or_empty();
    if (kind == "Job" || kind == "CronJob") continue;
    const std::string& uid = object["metadata"]["uid"].string_or_empty();
    if (!uid.empty()) (kind == "Pod" ? own : owners).insert(uid);
  }
  for (const json::Value& set : snapshot.replica_sets) {
    if (owners.contains(owner_of(set))) owners.insert(set["metadata"]["uid"].string_or_empty());
  }
  std::vector<const json::Value*> found;
  for (const json::Value& pod : snapshot.pods) {
    const std::string& policy = pod["spec"]["restartPolicy"].string_or_empty();
    if (!policy.empty() && policy != "Always") continue;
    if (owners.contains(owner_of(pod)) || own.contains(pod["metadata"]["uid"].string_or_empty())) found.push_back(&pod);
  }
  return found;
}

Soak::Pods Soak::pods_of(const Snapshot& snapshot) {
  Pods pods;
  for (const json::Value* pod : serving_pods(snapshot)) {
    Pod mark;
    mark.uid = (*pod)["metadata"]["uid"].string_or_empty();
    const json::Value& ready = condition(*pod, "Ready");
    if (ready["status"].string_or_empty() == "True") mark.ready_since = ready["lastTransitionTime"].string_or_empty();
    for (const std::string_view list : {"containerStatuses", "initContainerStatuses"}) {
      for (const json::Value& status : (*pod)["status"][list].items())
        mark.restarts[status["name"].string_or_empty()] = status["restartCount"].int_or(0);
    }
    pods.emplace(place_of(*pod), std::move(mark));
  }
  return pods;
}

Soak::Endpoints Soak::endpoints_of(const Snapshot& snapshot) {
  std::map<std::string, std::set<std::string>> addresses;
  for (const json::Value& object : snapshot.objects) {
    if (object["kind"].string_or_empty() == "Service" && object["apiVersion"].string_or_empty() == "v1")
      addresses[place_of(object)];
  }
  for (const json::Value& slice : snapshot.endpoint_slices) {
    const json::Value& metadata = slice["metadata"];
    const auto service = addresses.find(metadata["namespace"].string_or_empty() + "/" +
                                        metadata["labels"]["kubernetes.io/service-name"].string_or_empty());
    if (service == addresses.end()) continue;
    for (const json::Value& endpoint : slice["endpoints"].items()) {
      if (!endpoint["conditions"]["ready"].bool_or(true)) continue;
      for (const json::Value& address : endpoint["addresses"].items())
        service->second.insert(address.string_or_empty());
    }
  }
  Endpoints endpoints;
  for (const auto& [service, ready] : addresses) {
    endpoints[service] = ready.size() > k_most_addresses
                             ? std::to_string(ready.size()) + " addresses"
                             : base::join(std::vector<std::string>(ready.begin(), ready.end()), " ");
  }
  return endpoints;
}

void Soak::begin(const Snapshot& snapshot, base::WallTime at) {
  began_ = at;
  pods_ = pods_of(snapshot);
  while (pods_.size() > k_most_pods) pods_.erase(std::prev(pods_.end()));
  endpoints_ = endpoints_of(snapshot);
  while (endpoints_.size() > k_most_services) endpoints_.erase(std::prev(endpoints_.end()));
}

base::Millis Soak::lasted(base::WallTime now) const {
  return began_ ? std::max(base::Millis{0}, now.since_epoch - began_->since_epoch) : base::Millis{0};
}

std::vector<Movement> Soak::moved(const Snapshot& snapshot) const {
  std::vector<Movement> breaking;
  std::vector<Movement> other;
  const std::vector<const json::Value*> found = serving_pods(snapshot);
  const Pods now = pods_of(snapshot);
  for (const json::Value* pod : found) {
    const std::string place = place_of(*pod);
    const std::string name = "pod " + name_in(place);
    const auto before = pods_.find(place);
    const Pod& after = now.at(place);
    if (before == pods_.end()) {
      if (pods_.size() < k_most_pods) other.push_back({name + " came", false, name_in(place)});
      continue;
    }
    if (before->second.uid != after.uid) {
      other.push_back({name + " was made anew", false, name_in(place)});
      continue;
    }
    for (const auto& [container, restarts] : after.restarts) {
      const auto old = before->second.restarts.find(container);
      const std::int64_t was = old == before->second.restarts.end() ? 0 : old->second;
      if (restarts <= was) continue;
      const std::string last = last_state_of(status_of_container(*pod, container));
      breaking.push_back({"container " + container + " of " + name + " was restarted, " + std::to_string(was) +
                              " restarts before and " + std::to_string(restarts) + " after" +
                              (last.empty() ? "" : "; its last run ended with " + last),
                          true, name_in(place), container, was, restarts, last});
    }
    if (before->second.ready_since != after.ready_since && (*pod)["metadata"]["deletionTimestamp"].is_null())
      breaking.push_back({name + (after.ready_since.empty()
                                      ? " is no longer ready"
                                      : " lost its readiness and has been ready again since " + after.ready_since),
                          true, name_in(place)});
  }
  for (const auto& [place, pod] : pods_) {
    if (!now.contains(place)) other.push_back({"pod " + name_in(place) + " went", false, name_in(place)});
  }
  const Endpoints endpoints = endpoints_of(snapshot);
  for (const auto& [service, before] : endpoints_) {
    const auto after = endpoints.find(service);
    if (after == endpoints.end() || after->second == before) continue;
    other.push_back({"the endpoints of Service " + name_in(service) + " were " + (before.empty() ? "none" : before) +
                         " and are " + (after->second.empty() ? "none" : after->second),
                     false});
  }
  breaking.insert(breaking.end(), std::make_move_iterator(other.begin()), std::make_move_iterator(other.end()));
  return breaking;
}

json::Value Soak::to_json() const {
  if (!began_) return {};
  json::Value pods = json::Value::object();
  for (const auto& [place, pod] : pods_) {
    json::Value restarts = json::Value::object();
    for (const auto& [container, count] : pod.restarts) restarts.set(container, count);
    pods.set(place, json::Array{pod.uid, pod.ready_since, std::move(restarts)});
  }
  json::Value endpoints = json::Value::object();
  for (const auto& [service, addresses] : endpoints_) endpoints.set(service, addresses);
  return json::Object{{"began", std::int64_t{began_->since_epoch.count()}},
                      {"pods", std::move(pods)},
                      {"endpoints", std::move(endpoints)}};
}

base::Result<Soak> Soak::from_json(const json::Value& value) {
  Soak soak;
  if (value.is_null()) return soak;
  if (!value["began"].is_integer() || value["pods"].members().size() > k_most_pods ||
      value["endpoints"].members().size() > k_most_services)
    return base::fail(base::Outcome::config, "the cursor's soak cannot be read");
  soak.began_ = base::WallTime{base::Millis{value["began"].int_or(0)}};
  for (const auto& [place, row] : value["pods"].members()) {
    if (row.items().size() != 3) return base::fail(base::Outcome::config, "the cursor's pods cannot be read");
    Pod pod{row.items()[0].string_or_empty(), row.items()[1].string_or_empty(), {}};
    for (const auto& [container, count] : row.items()[2].members()) pod.restarts[container] = count.int_or(0);
    soak.pods_.emplace(place, std::move(pod));
  }
  for (const auto& [service, addresses] : value["endpoints"].members())
    soak.endpoints_[service] = addresses.string_or_empty();
  return soak;
}

}  // namespace sentimark::kube
