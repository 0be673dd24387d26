// Drift: where the security of what runs is not that of the manifest it was deployed from, nor what its caller meant.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "json/value.hpp"
#include "kube/object.hpp"
#include "kube/snapshot.hpp"

namespace sentimark::kube {

struct Drift {
  ObjectRef ref;      // a workload, or a pod of it
  std::string field;  // "container web securityContext.runAsUser", "hostNetwork", "container web"
  // As JSON, empty where the field is not set. Nothing for an intent that was not asked about.
  std::optional<std::string> intended;
  std::string manifest;
  std::string live;
  bool fails = true;  // else it is worth a warning: something in the cluster made it stricter, or added a container
  std::string message;
};

json::Value to_json(const Drift& drift);

// Image, service account and its token, namespaces of the node, host ports and paths, and every field of the pod's and
// the containers' security contexts: of each workload in `manifest` (as helm stored it) beside the live object of the
// same kind and name, beside the pods that it owns, and beside `intent` (as chart and values render now) where that is
// given. What the API server itself fills in is no drift. What is only in one of them is told by the other rules.
std::vector<Drift> drift(const json::Array& manifest, const Snapshot& live, const json::Array* intent);

}  // namespace sentimark::kube
