// Rules that need more than one object: what one names must exist, what one selects must be selected by one alone.
#include <algorithm>
#include <set>
#include <unordered_map>

#include "kube/label_index.hpp"
#include "kube/lint_rules.hpp"

namespace sentimark::kube {
namespace {

struct Workload {
  std::size_t object;
  PodTemplate pod;
};

struct Release {
  const json::Array& objects;
  std::vector<Workload> workloads;
  std::set<std::string> names;  // "Kind namespace/name"
  LabelIndex pods;              // of the workloads, by their place in `workloads`

  bool has(const std::string& kind, const json::Value& from, const std::string& name) const {
    return names.contains(kind + " " + from["metadata"]["namespace"].string_or_empty() + "/" + name);
  }
  // Workloads in the same namespace whose pods the labels select.
  std::vector<const Workload*> selected(const json::Value& labels, const json::Value& from) const {
    std::vector<const Workload*> found;
    for (const std::size_t i : pods.selected(from["metadata"]["namespace"].string_or_empty(), labels))
      found.push_back(&workloads[i]);
    return found;
  }
};

Release release_of(const json::Array& objects) {
  Release release{objects, {}, {}, {}};
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const ObjectRef ref = ref_of(objects[i]);
    release.names.insert(ref.kind + " " + ref.namespace_name + "/" + ref.name);
    for (PodTemplate& pod : pod_templates(objects[i])) {
      release.pods.add(ref.namespace_name, (*pod.metadata)["labels"], release.workloads.size());
      release.workloads.push_back({i, std::move(pod)});
    }
  }
  return release;
}

class Finder {
 public:
  Finder(const Release& release, Findings& found) : release_(release), found_(found) {}
  void add(std::size_t object, std::string_view rule, LintLevel level, std::string path, std::string message,
           std::string fix) {
    found_.push_back({rule,
                      level,
                      object,
                      ref_of(release_.objects[object]),
                      std::move(path),
                      std::move(message),
                      std::move(fix),
                      {}});
  }

 private:
  const Release& release_;
  Findings& found_;
};

// The API server refuses a workload whose selector does not fit its own template.
void own_selectors(const Release& release, Finder& finder) {
  std::unordered_map<std::string, std::size_t> seen;
  for (const Workload& one : release.workloads) {
    const json::Value& object = release.objects[one.object];
    const json::Value& selector = object["spec"]["selector"]["matchLabels"];
    const std::string& kind = object["kind"].string_or_empty();
    if (selector.members().empty() || kind == "Job") continue;
    if (!selects(selector, (*one.pod.metadata)["labels"]))
      finder.add(one.object, "REF-SELECTOR", LintLevel::error, "spec.selector.matchLabels",
                 "its selector does not fit its own pod template", "give both the same labels");
    const std::string key = kind + " " + selector_key(object["metadata"]["namespace"].string_or_empty(), selector);
    const auto [first, fresh] = seen.emplace(key, one.object);
    if (!fresh)
      finder.add(one.object, "REF-UNIQUE", LintLevel::error, "spec.selector.matchLabels",
                 "it selects the same pods as " + ref_of(release.objects[first->second]).text(),
                 "give each workload labels of its own");
  }
}

void services(const Release& release, bool whole, Finder& finder) {
  std::unordered_map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < release.objects.size(); ++i) {
    const json::Value& service = release.objects[i];
    if (service["kind"].string_or_empty() != "Service" || !group_of(service).empty()) continue;
    const json::Value& selector = service["spec"]["selector"];
    if (selector.members().empty()) continue;
    const auto behind = release.selected(selector, service);
    if (behind.empty() && whole)
      finder.add(i, "REF-SERVICE", LintLevel::error, "spec.selector", "its selector fits no pod template",
                 "give both the same labels");
    const json::Array& ports = service["spec"]["ports"].items();
    for (std::size_t p = 0; p < ports.size() && !behind.empty(); ++p) {
      const json::Value& target = ports[p]["targetPort"];
      if (!target.is_string()) continue;
      const bool named = std::any_of(behind.begin(), behind.end(), [&](const Workload* one) {
        const std::vector<Container> containers = containers_of(one->pod);
        return std::any_of(containers.begin(), containers.end(), [&](const Container& container) {
          const json::Array& own = (*container.value)["ports"].items();
          return std::any_of(own.begin(), own.end(), [&](const json::Value& port) { return port["name"] == target; });
        });
      });
      if (!named)
        finder.add(i, "REF-PORT", LintLevel::error, "spec.ports[" + std::to_string(p) + "].targetPort",
                   "no container behind it has a port named " + target.string_or_empty(),
                   "name the container's port, or use its number");
    }
    const auto [first, fresh] =
        seen.emplace(selector_key(service["metadata"]["namespace"].string_or_empty(), selector), i);
    if (!fresh)
      finder.add(i, "REF-UNIQUE", LintLevel::warning, "spec.selector",
                 "it selects the same pods as " + ref_of(release.objects[first->second]).text(),
                 "AKS safeguards want unique selectors");
  }
}

void named_objects(const Release& release, Finder& finder) {
  for (std::size_t i = 0; i < release.objects.size(); ++i) {
    const json::Value& object = release.objects[i];
    const std::string& kind = object["kind"].string_or_empty();
    if (kind == "HorizontalPodAutoscaler") {
      const json::Value& target = object["spec"]["scaleTargetRef"];
      if (!release.has(target["kind"].string_or_empty(), object, target["name"].string_or_empty()))
        finder.add(i, "REF-HPA", LintLevel::error, "spec.scaleTargetRef",
                   "it scales something that is not in the release", "correct the target");
    }
    if (kind == "Ingress") {
      const json::Array& rules = object["spec"]["rules"].items();
      for (std::size_t r = 0; r < rules.size(); ++r) {
        const json::Array& paths = rules[r]["http"]["paths"].items();
        for (std::size_t p = 0; p < paths.size(); ++p) {
          const std::string& name = paths[p]["backend"]["service"]["name"].string_or_empty();
          if (!name.empty() && !release.has("Service", object, name))
            finder.add(
                i, "REF-INGRESS", LintLevel::error,
                "spec.rules[" + std::to_string(r) + "].http.paths[" + std::to_string(p) + "].backend.service.name",
                "it leads to the Service " + name + ", which is not in the release", "correct the name");
        }
      }
    }
  }
  for (const Workload& one : release.workloads) {
    const std::string& account = (*one.pod.spec)["serviceAccountName"].string_or_empty();
    const json::Value& object = release.objects[one.object];
    if (!account.empty() && account != "default" && !release.has("ServiceAccount", object, account))
      finder.add(one.object, "REF-SA", LintLevel::warning, one.pod.spec_path + ".serviceAccountName",
                 "the service account " + account + " is not in the release", "add it, or correct the name");
  }
}

void budgets(const Release& release, bool whole, Finder& finder) {
  for (std::size_t i = 0; i < release.objects.size(); ++i) {
    const json::Value& budget = release.objects[i];
    if (budget["kind"].string_or_empty() != "PodDisruptionBudget") continue;
    const auto behind = release.selected(budget["spec"]["selector"]["matchLabels"], budget);
    if (behind.empty()) {
      if (whole)
        finder.add(i, "REL-PDB", LintLevel::error, "spec.selector", "its selector fits no pod template",
                   "give both the same labels");
      continue;
    }
    const json::Value& least = budget["spec"]["minAvailable"];
    const json::Value& most = budget["spec"]["maxUnavailable"];
    const std::int64_t replicas = release.objects[behind.front()->object]["spec"]["replicas"].int_or(1);
    if (least.string_or_empty() == "100%" || most.string_or_empty() == "0%" ||
        (most.is_number() && most.int_or(1) == 0) || (least.is_number() && least.int_or(0) >= replicas))
      finder.add(i, "REL-PDB", LintLevel::error, least.is_null() ? "spec.maxUnavailable" : "spec.minAvailable",
                 "it allows no pod to go: no node under it can be drained or upgraded",
                 "allow one disruption, or run more replicas");
  }
}

// Whether a policy guards a workload is a question to everything that is deployed.
void network_policies(const Release& release, Finder& finder) {
  std::set<std::size_t> guarded;         // objects
  std::set<std::string> guarded_spaces;  // namespaces of which a policy selects every pod
  for (std::size_t i = 0; i < release.objects.size(); ++i) {
    const json::Value& policy = release.objects[i];
    const json::Value& selector = policy["spec"]["podSelector"];
    if (policy["kind"].string_or_empty() != "NetworkPolicy") continue;
    const json::Value& labels = selector["matchLabels"];
    if (labels.members().empty()) {  // expressions alone are taken for everything: no false alarm
      guarded_spaces.insert(policy["metadata"]["namespace"].string_or_empty());
      continue;
    }
    const auto selected = release.selected(labels, policy);
    for (const Workload* one : selected) guarded.insert(one->object);
    if (selected.empty())
      finder.add(i, "REF-NETPOL", LintLevel::warning, "spec.podSelector", "its selector fits no pod template",
                 "give both the same labels");
  }
  for (const Workload& one : release.workloads) {
    if (guarded.contains(one.object) ||
        guarded_spaces.contains(release.objects[one.object]["metadata"]["namespace"].string_or_empty()))
      continue;
    finder.add(one.object, "NET-POL", LintLevel::warning, one.pod.metadata_path + ".labels",
               "no NetworkPolicy selects its pods", "add one that allows what they need");
  }
}

}  // namespace

void lint_references(const json::Array& objects, bool whole, Findings& found) {
  const Release release = release_of(objects);
  Finder finder(release, found);
  own_selectors(release, finder);
  services(release, whole, finder);
  if (whole) named_objects(release, finder);
  budgets(release, whole, finder);
  if (whole) network_policies(release, finder);
}

}  // namespace sentimark::kube
