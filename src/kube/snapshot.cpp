#include "kube/snapshot.hpp"

namespace sentimark::kube {
namespace {

constexpr int k_list_depth = 4;

void add(Snapshot& snapshot, json::Value object, int depth) {
  const std::string& kind = object["kind"].string_or_empty();
  if (kind.ends_with("List") && object["items"].is_array()) {
    if (depth == k_list_depth) return;
    for (const json::Value& item : object["items"].items()) add(snapshot, item, depth + 1);
    return;
  }
  if (kind == "Event") {
    snapshot.events.push_back(std::move(object));
    return;
  }
  if (kind == "Pod") snapshot.pods.push_back(object);
  if (kind == "ReplicaSet") snapshot.replica_sets.push_back(object);
  if (kind == "EndpointSlice") snapshot.endpoint_slices.push_back(object);
  snapshot.objects.push_back(std::move(object));
}

}  // namespace

Snapshot snapshot_of(json::Array objects) {
  Snapshot snapshot;
  for (json::Value& object : objects) add(snapshot, std::move(object), 0);
  snapshot.pods_known = !snapshot.pods.empty();
  snapshot.endpoints_known = !snapshot.endpoint_slices.empty();
  return snapshot;
}

}  // namespace sentimark::kube
