#include "kube/workload.hpp"

#include <algorithm>
#include <optional>

#include "kube/doom.hpp"

namespace sentimark::kube {
namespace {

// The counts of a workload under one set of names, whatever its kind calls them.
struct Counts {
  std::int64_t wanted = 0;
  std::int64_t total = 0;
  std::int64_t updated = 0;
  std::int64_t ready = 0;
  std::int64_t available = 0;
};

Counts counts_of(const json::Value& object) {
  const json::Value& status = object["status"];
  if (object["kind"].string_or_empty() == "DaemonSet") {
    return {status["desiredNumberScheduled"].int_or(0), status["currentNumberScheduled"].int_or(0),
            status["updatedNumberScheduled"].int_or(0), status["numberReady"].int_or(0),
            status["numberAvailable"].int_or(0)};
  }
  Counts counts{object["spec"]["replicas"].int_or(1), status["replicas"].int_or(0), status["updatedReplicas"].int_or(0),
                status["readyReplicas"].int_or(0), status["availableReplicas"].int_or(0)};
  if (object["kind"].string_or_empty() == "ReplicaSet") counts.updated = counts.total;  // it has one revision only
  return counts;
}

std::int64_t revision_of(const json::Value& replica_set) {
  const std::string& text =
      replica_set["metadata"]["annotations"]["deployment.kubernetes.io/revision"].string_or_empty();
  std::int64_t revision = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || revision > 1'000'000'000) return 0;
    revision = revision * 10 + (c - '0');
  }
  return revision;
}

// The newest ReplicaSet of a Deployment; null when there is none yet.
const json::Value* newest_replica_set(const json::Value& deployment, const Snapshot& snapshot) {
  const json::Value* newest = nullptr;
  for (const json::Value& candidate : snapshot.replica_sets) {
    if (!is_controlled_by(candidate, deployment["metadata"]["uid"].string_or_empty())) continue;
    if (newest == nullptr || revision_of(candidate) > revision_of(*newest)) newest = &candidate;
  }
  return newest;
}

// Pods of the newest revision; for other kinds than Deployment those whose revision label is the update revision.
std::vector<const json::Value*> newest_pods(const json::Value& object, const Snapshot& snapshot) {
  const bool is_deployment = object["kind"].string_or_empty() == "Deployment";
  const json::Value* owner = is_deployment ? newest_replica_set(object, snapshot) : &object;
  std::vector<const json::Value*> pods;
  if (owner == nullptr) return pods;
  const std::string& revision = object["status"]["updateRevision"].string_or_empty();
  for (const json::Value& pod : snapshot.pods) {
    if (!is_controlled_by(pod, (*owner)["metadata"]["uid"].string_or_empty())) continue;
    const std::string& label = pod["metadata"]["labels"]["controller-revision-hash"].string_or_empty();
    if (revision.empty() || label.empty() || label == revision) pods.push_back(&pod);
  }
  return pods;
}

std::optional<Doom> shared_doom(const std::vector<const json::Value*>& pods) {
  std::optional<Doom> first;
  for (const json::Value* pod : pods) {
    std::optional<Doom> doom = doom_of(*pod);
    if (!doom) return std::nullopt;
    if (!first) first = std::move(doom);
  }
  return first;
}

std::string progress_of(const Counts& counts) {
  return std::to_string(counts.ready) + " of " + std::to_string(counts.wanted) + " ready, " +
         std::to_string(counts.updated) + " updated";
}

bool is_settled(const Counts& counts) {
  return counts.updated >= counts.wanted && counts.total == counts.updated && counts.ready >= counts.wanted &&
         counts.available >= counts.wanted;
}

}  // namespace

ObjectHealth workload_health(const json::Value& object, const Snapshot& snapshot) {
  ObjectHealth health{ref_of(object), Health::in_progress, "Progressing", {}, {}};
  if (object["spec"]["paused"].bool_or(false))
    return {health.ref, Health::suspended, "Paused", "rollout is paused", {}};
  // Until the controller has seen this generation its counts speak of the one before.
  if (object["status"]["observedGeneration"].int_or(0) < object["metadata"]["generation"].int_or(1)) {
    health.reason = "NotObserved";
    health.message = "its controller has not seen the change yet";
    return health;
  }
  if (const auto doom = shared_doom(newest_pods(object, snapshot)))
    return {health.ref, Health::failed, doom->reason, doom->message, doom->cure};
  if (condition_status(object, "ReplicaFailure") == "True") {
    const json::Value& failure = condition(object, "ReplicaFailure");
    return {health.ref, Health::failed, failure["reason"].string_or_empty(),
            "pods cannot be created: " + failure["message"].string_or_empty(),
            "adapt the quota or the pod's security context to what the namespace allows"};
  }
  if (condition(object, "Progressing")["reason"].string_or_empty() == "ProgressDeadlineExceeded") {
    return {health.ref, Health::failed, "ProgressDeadlineExceeded",
            condition(object, "Progressing")["message"].string_or_empty(), "look at its pods' events"};
  }
  const Counts counts = counts_of(object);
  if (is_settled(counts)) {
    health.health = Health::current;
    health.reason = "Current";
  }
  health.message = progress_of(counts);
  return health;
}

}  // namespace sentimark::kube
