// Where a pod is described: in a Pod itself or in the template of a kind that makes pods.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "json/value.hpp"

namespace sentimark::kube {

struct PodTemplate {
  const json::Value* object = nullptr;  // the object that holds it; lives as long as what was asked
  const json::Value* metadata = nullptr;
  const json::Value* spec = nullptr;
  std::string metadata_path;  // from the outermost object: "metadata", "spec.template.metadata", "items[2].metadata"
  std::string spec_path;
};

// Pod, PodTemplate, ReplicationController, Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, and a List of
// them. A kind of that name in another API group is not one of them. A template without a spec counts, with a null
// spec: its pods lack everything.
std::vector<PodTemplate> pod_templates(const json::Value& object);

struct Container {
  const json::Value* value = nullptr;
  std::string name;  // may be empty
  std::string path;  // "spec.containers[0]"
  bool init = false;
};

// Init containers, containers and ephemeral containers, in this order.
std::vector<Container> containers_of(const PodTemplate& pod);

// The API group of an object: "apps" of "apps/v1"; empty for the core group or when apiVersion is absent.
std::string_view group_of(const json::Value& object);

}  // namespace sentimark::kube
