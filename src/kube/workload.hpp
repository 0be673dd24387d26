// Health of what owns pods: Deployment, StatefulSet, DaemonSet, ReplicaSet.
#pragma once
#include "kube/health.hpp"

namespace sentimark::kube {

// A workload is failed when its controller says so, or when every pod of its newest revision is doomed: one bad node
// must not fail a rollout.
ObjectHealth workload_health(const json::Value& object, const Snapshot& snapshot);

}  // namespace sentimark::kube
