#include "kube/drift.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "json/text.hpp"
#include "kube/pod_template.hpp"

namespace sentimark::kube {
namespace {

using Fields = std::map<std::string, std::string>;  // field -> its value as JSON

constexpr std::array<std::string_view, 6> k_pod_fields{
    "serviceAccountName", "automountServiceAccountToken", "hostNetwork", "hostPID", "hostIPC", "hostUsers"};

// What says no more than its absence does (core/v1 defaults).
bool is_default(std::string_view field, const json::Value& value) {
  if (value.is_null()) return true;
  if (value.is_object() || value.is_array()) return value.items().empty() && value.members().empty();
  if (field == "serviceAccountName") return value.string_or_empty() == "default" || value.string_or_empty().empty();
  if (field == "hostUsers") return value.bool_or(false);
  if (field == "procMount") return value.string_or_empty() == "Default";
  if (field == "privileged" || field.starts_with("host")) return value.is_bool() && !value.bool_or(true);
  return false;
}

void add(Fields& fields, const std::string& prefix, std::string_view field, const json::Value& value) {
  if (!is_default(field, value)) fields[prefix + std::string(field)] = json::to_text(value);
}

void add_context(Fields& fields, const std::string& prefix, const json::Value& context) {
  for (const json::Member& member : context.members())
    add(fields, prefix + "securityContext.", member.first, member.second);
}

Fields fields_of(const PodTemplate& pod) {
  Fields fields;
  const json::Value& spec = *pod.spec;
  for (const std::string_view field : k_pod_fields) add(fields, {}, field, spec[field]);
  add_context(fields, {}, spec["securityContext"]);
  for (const json::Value& volume : spec["volumes"].items())
    add(fields, "volume " + volume["name"].string_or_empty() + " ", "hostPath", volume["hostPath"]["path"]);
  for (const Container& container : containers_of(pod)) {
    const std::string name = (container.init ? "init container " : "container ") + container.name;
    fields[name] = "\"present\"";
    add(fields, name + " ", "image", (*container.value)["image"]);
    add_context(fields, name + " ", (*container.value)["securityContext"]);
    for (const json::Value& port : (*container.value)["ports"].items()) {
      if (port["hostPort"].int_or(0) != 0)
        fields[name + " hostPort " + std::to_string(port["containerPort"].int_or(0))] = json::to_text(port["hostPort"]);
    }
  }
  return fields;
}

std::string leaf_of(const std::string& field) { return field.substr(field.find_last_of(" .") + 1); }

// A field that was not set and that something in the cluster set to be stricter: that is what it is there for.
bool is_hardening(const std::string& field, const std::string& value) {
  const std::string leaf = leaf_of(field);
  if (leaf == "runAsNonRoot" || leaf == "readOnlyRootFilesystem") return value == "true";
  if (leaf == "allowPrivilegeEscalation" || leaf == "automountServiceAccountToken") return value == "false";
  if (leaf == "seccompProfile" || leaf == "appArmorProfile") return value.find("Unconfined") == std::string::npos;
  if (leaf == "capabilities") return value.find("\"add\"") == std::string::npos;
  if (leaf == "runAsUser" || leaf == "runAsGroup") return value != "0";
  return leaf == "fsGroup" || leaf == "fsGroupChangePolicy" || leaf == "supplementalGroups" || leaf == "seLinuxOptions";
}

bool is_container(const std::string& field) {
  const bool named = field.starts_with("container ") || field.starts_with("init container ");
  return named && field.find(' ', field.find("container ") + 10) == std::string::npos;
}

// The container that a field is about; empty for one of the pod.
std::string container_in(const std::string& field) {
  const std::size_t at = field.find("container ");
  if (at != 0 && at != 5) return {};
  return field.substr(0, field.find(' ', at + 10));
}

std::string shown(const std::string& value) { return value.empty() ? "nothing" : value; }

const std::string& value_in(const Fields& fields, const std::string& field) {
  static const std::string none;
  const auto found = fields.find(field);
  return found == fields.end() ? none : found->second;
}

class Comparison {
 public:
  Comparison(const ObjectRef& ref, const Fields& manifest, std::vector<Drift>& found)
      : ref_(ref), manifest_(manifest), found_(found) {}

  // `reference`: what the live fields are held against, which the manifest made.
  void live(const ObjectRef& ref, const Fields& reference, const Fields& live, std::string_view where) {
    for (const std::string& field : names(reference, live)) {
      const std::string& was = value_in(reference, field);
      const std::string& is = value_in(live, field);
      if (was == is || of_added_container(field, reference, live)) continue;
      Drift drift{ref, field, std::nullopt, value_in(manifest_, field), is, true, {}};
      drift.fails = !(was.empty() && (is_hardening(field, is) || is_container(field)));
      drift.message = is_container(field)
                          ? ref.text() + ": " + field + (was.empty() ? " runs, and is not" : " is gone, and is") +
                                " in the manifest"
                          : ref.text() + ": " + field + " is " + shown(is) + " in " + std::string(where) + " and " +
                                shown(was) + " in the manifest";
      found_.push_back(std::move(drift));
    }
  }

  void intent(const Fields& intended, const Fields& live) {
    for (const std::string& field : names(intended, manifest_)) {
      const std::string& meant = value_in(intended, field);
      const std::string& stored = value_in(manifest_, field);
      if (meant == stored) continue;
      found_.push_back({ref_, field, meant, stored, value_in(live, field), true,
                        ref_.text() + ": " + field + " is meant to be " + shown(meant) +
                            " by chart and values, and was deployed as " + shown(stored)});
    }
  }

 private:
  static std::set<std::string> names(const Fields& one, const Fields& other) {
    std::set<std::string> all;
    for (const Fields* fields : {&one, &other}) {
      for (const auto& [field, value] : *fields) all.insert(field);
    }
    return all;
  }
  // A container that is new or gone is one finding, not one for each of its fields.
  static bool of_added_container(const std::string& field, const Fields& one, const Fields& other) {
    const std::string container = container_in(field);
    return !container.empty() && container != field && one.contains(container) != other.contains(container);
  }
  const ObjectRef& ref_;
  const Fields& manifest_;
  std::vector<Drift>& found_;
};

// A manifest names no namespace for most of its objects.
std::string key_of(const json::Value& object) {
  const ObjectRef ref = ref_of(object);
  return ref.kind + " " + ref.name;
}

bool same_place(const json::Value& manifest, const json::Value& live) {
  const std::string& wanted = manifest["metadata"]["namespace"].string_or_empty();
  return wanted.empty() || wanted == live["metadata"]["namespace"].string_or_empty();
}

const json::Value* find_in(const json::Array& objects, const json::Value& like) {
  const auto found = std::find_if(objects.begin(), objects.end(), [&](const json::Value& one) {
    return key_of(one) == key_of(like) && same_place(like, one);
  });
  return found == objects.end() ? nullptr : &*found;
}

const std::string& owner_of(const json::Value& object) {
  static const std::string nobody;
  for (const json::Value& owner : object["metadata"]["ownerReferences"].items()) {
    if (owner["controller"].bool_or(false)) return owner["uid"].string_or_empty();
  }
  return nobody;
}

// Pods of a workload that stay: those of an older revision are on their way out and are what they were.
std::vector<const json::Value*> pods_of(const json::Value& workload, const Snapshot& live) {
  std::set<std::string> owners{workload["metadata"]["uid"].string_or_empty()};
  owners.erase("");
  for (const json::Value& set : live.replica_sets) {
    if (owners.contains(owner_of(set)) && set["spec"]["replicas"].int_or(1) > 0)
      owners.insert(set["metadata"]["uid"].string_or_empty());
  }
  std::vector<const json::Value*> pods;
  for (const json::Value& pod : live.pods) {
    if (owners.contains(owner_of(pod)) && pod["metadata"]["deletionTimestamp"].is_null()) pods.push_back(&pod);
  }
  return pods;
}

}  // namespace

json::Value to_json(const Drift& drift) {
  json::Value value = json::Object{{"rule", "DRIFT"},
                                   {"verdict", drift.fails ? "fail" : "warn"},
                                   {"kind", drift.ref.kind},
                                   {"name", drift.ref.name},
                                   {"namespace", drift.ref.namespace_name},
                                   {"field", drift.field},
                                   {"manifest", drift.manifest},
                                   {"live", drift.live},
                                   {"message", drift.message}};
  if (drift.intended) value.set("intended", *drift.intended);
  return value;
}

std::vector<Drift> drift(const json::Array& manifest, const Snapshot& live, const json::Array* intent) {
  std::vector<Drift> found;
  for (const json::Value& stored : manifest) {
    const std::vector<PodTemplate> templates = pod_templates(stored);
    const json::Value* object = find_in(live.objects, stored);
    if (templates.empty() || object == nullptr) continue;
    const std::vector<PodTemplate> running = pod_templates(*object);
    if (running.empty()) continue;
    const ObjectRef ref = ref_of(*object);
    const Fields meant = fields_of(templates.front());
    const Fields now = fields_of(running.front());
    Comparison comparison(ref, meant, found);
    comparison.live(ref, meant, now, "the cluster");
    // Many pods are changed alike: the first one that shows a field speaks for all.
    Fields told;
    for (const json::Value* pod : pods_of(*object, live)) {
      const std::vector<PodTemplate> made = pod_templates(*pod);
      std::vector<Drift> of_pod;
      Comparison(ref, meant, of_pod).live(ref_of(*pod), now, fields_of(made.front()), "the pod");
      for (Drift& one : of_pod) {
        if (told.emplace(one.field, one.live).second) found.push_back(std::move(one));
      }
    }
    const json::Value* rendered = intent == nullptr ? nullptr : find_in(*intent, stored);
    if (rendered == nullptr) continue;
    const std::vector<PodTemplate> intended = pod_templates(*rendered);
    if (!intended.empty()) comparison.intent(fields_of(intended.front()), now);
  }
  return found;
}

}  // namespace sentimark::kube
