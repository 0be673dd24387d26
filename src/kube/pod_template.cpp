#include "kube/pod_template.hpp"

#include <array>
#include <span>

namespace sentimark::kube {
namespace {

constexpr int k_list_depth = 4;  // a List of Lists is legal JSON, not legal Kubernetes

struct Row {
  std::string_view kind;
  std::array<std::string_view, 2> groups;  // today's and, where it moved, the one it came from
  std::array<std::string_view, 4> steps;   // from the object to what holds metadata and spec of the pod
};

constexpr std::array<Row, 9> k_rows{{
    {"Pod", {"", ""}, {}},
    {"PodTemplate", {"", ""}, {"template"}},
    {"ReplicationController", {"", ""}, {"spec", "template"}},
    {"Deployment", {"apps", "extensions"}, {"spec", "template"}},
    {"StatefulSet", {"apps", "apps"}, {"spec", "template"}},
    {"DaemonSet", {"apps", "extensions"}, {"spec", "template"}},
    {"ReplicaSet", {"apps", "extensions"}, {"spec", "template"}},
    {"Job", {"batch", "batch"}, {"spec", "template"}},
    {"CronJob", {"batch", "batch"}, {"spec", "jobTemplate", "spec", "template"}},
}};

bool is_of(const json::Value& object, const Row& row) {
  if (object["kind"].string_or_empty() != row.kind) return false;
  if (object["apiVersion"].is_null()) return true;
  const std::string_view group = group_of(object);
  return group == row.groups[0] || group == row.groups[1];
}

void collect(const json::Value& object, const std::string& prefix, int depth, std::vector<PodTemplate>& found) {
  const std::string& kind = object["kind"].string_or_empty();
  if (kind.ends_with("List") && object["items"].is_array()) {
    if (depth == k_list_depth) return;
    const json::Array& items = object["items"].items();
    for (std::size_t i = 0; i < items.size(); ++i)
      collect(items[i], prefix + "items[" + std::to_string(i) + "].", depth + 1, found);
    return;
  }
  for (const Row& row : k_rows) {
    if (!is_of(object, row)) continue;
    const json::Value* holder = &object;
    std::string path = prefix;
    for (const std::string_view step : row.steps) {
      if (step.empty()) break;
      holder = &holder->get(step);
      path += std::string(step) + ".";
    }
    // The API refuses an absent template; there is nothing to judge in it.
    if (!holder->is_object()) return;
    found.push_back({&object, &holder->get("metadata"), &holder->get("spec"), path + "metadata", path + "spec"});
    return;
  }
}

}  // namespace

std::vector<PodTemplate> pod_templates(const json::Value& object) {
  std::vector<PodTemplate> found;
  collect(object, {}, 0, found);
  return found;
}

std::vector<Container> containers_of(const PodTemplate& pod) {
  std::vector<Container> containers;
  for (const std::string_view list : {"initContainers", "containers", "ephemeralContainers"}) {
    const json::Array& items = pod.spec->get(list).items();
    for (std::size_t i = 0; i < items.size(); ++i) {
      containers.push_back({&items[i], items[i]["name"].string_or_empty(),
                            pod.spec_path + "." + std::string(list) + "[" + std::to_string(i) + "]",
                            list == "initContainers"});
    }
  }
  return containers;
}

std::string_view group_of(const json::Value& object) {
  const std::string_view version = object["apiVersion"].string_or_empty();
  const std::size_t slash = version.find('/');
  return slash == std::string_view::npos ? std::string_view{} : version.substr(0, slash);
}

}  // namespace sentimark::kube
