// Snapshot: what was read at one moment, and how much of the cluster around it is known.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "json/value.hpp"
#include "kube/sightings.hpp"

namespace sentimark::kube {

class CustomKinds;

// The objects of the release, and of their namespaces all that explains them. What is not known is never read as a
// failure: a Service is judged without endpoints only where the endpoints of its namespace were read.
struct Snapshot {
  json::Array objects;
  json::Array pods;
  json::Array replica_sets;
  json::Array endpoint_slices;
  json::Array events;
  bool pods_known = true;       // `pods` holds every pod of the namespaces
  bool endpoints_known = true;  // `endpoint_slices` holds every slice of the namespaces
  // "namespace/name" of every Service and Secret of the namespaces; without them no back end is called missing.
  std::optional<std::vector<std::string>> services;
  std::optional<std::vector<std::string>> secrets;
  // The cluster's nodes, to tell when every replica of a workload stands on spot nodes.
  json::Array nodes;
  const CustomKinds* custom = nullptr;   // rules of the caller's own, which stand before those that are built in
  bool ingress_without_address = false;  // this controller never writes an address: do not wait for one

  // Without a time nothing has lasted long enough to be proof; without a memory an age is taken from the object itself.
  std::optional<base::WallTime> now;
  Sightings* memory = nullptr;
  Patience patience;
};

// Objects of a file, Lists opened: pods, ReplicaSets and so on are judged themselves and explain the others. A kind of
// which the file holds none is taken as not known.
Snapshot snapshot_of(json::Array objects);

}  // namespace sentimark::kube
