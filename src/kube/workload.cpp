// Deployment, StatefulSet, DaemonSet, ReplicaSet: counts of the newest revision, and the doom of its pods.
#include <algorithm>

#include "base/text.hpp"
#include "kube/rules.hpp"

namespace sentimark::kube {
namespace {

std::int64_t count(const json::Value& object, std::string_view field) { return object["status"][field].int_or(0); }

std::int64_t wanted(const json::Value& object) { return object["spec"]["replicas"].int_or(1); }

const std::string& uid_of(const json::Value& object) { return object["metadata"]["uid"].string_or_empty(); }

std::int64_t revision_of(const json::Value& replica_set) {
  const auto number = base::parse_unsigned(
      replica_set["metadata"]["annotations"]["deployment.kubernetes.io/revision"].string_or_empty());
  return number && *number < 1'000'000'000 ? static_cast<std::int64_t>(*number) : 0;
}

// The newest ReplicaSet of a Deployment; null when there is none yet.
const json::Value* newest_replica_set(const json::Value& deployment, const Scene& scene) {
  const json::Value* newest = nullptr;
  for (const json::Value* candidate : scene.replica_sets_of(uid_of(deployment))) {
    if (newest == nullptr || revision_of(*candidate) > revision_of(*newest)) newest = candidate;
  }
  return newest;
}

// Pods of the newest revision that count: one that ends, or was lost with its node, says nothing of the release.
Scene::Found newest_pods(const json::Value& object, const json::Value& owner, const Scene& scene) {
  const std::string& revision = object["status"]["updateRevision"].string_or_empty();
  Scene::Found pods;
  for (const json::Value* pod : scene.pods_of(uid_of(owner))) {
    const std::string& label = (*pod)["metadata"]["labels"]["controller-revision-hash"].string_or_empty();
    const bool is_old = !revision.empty() && !label.empty() && label != revision;
    if (!is_old && (*pod)["metadata"]["deletionTimestamp"].is_null() && !is_disrupted(*pod)) pods.push_back(pod);
  }
  return pods;
}

struct Dooms {
  std::size_t count = 0;
  std::optional<Doom> first;
};

// Every pod is looked at, so that each sign is remembered.
Dooms dooms_of(const Scene::Found& pods, const Scene& scene) {
  Dooms dooms;
  for (const json::Value* pod : pods) {
    std::optional<Doom> doom = doom_of(*pod, scene);
    if (!doom) continue;
    ++dooms.count;
    if (!dooms.first) dooms.first = std::move(doom);
  }
  return dooms;
}

// One bad node must not fail a rollout: all pods must be doomed.
std::optional<Doom> shared_doom(const Scene::Found& pods, const Scene& scene) {
  Dooms dooms = dooms_of(pods, scene);
  if (pods.empty() || dooms.count < pods.size()) return std::nullopt;
  return std::move(dooms.first);
}

// Current, and a word of warning when one price change in the market takes all replicas at once.
ObjectHealth all_ready(const json::Value& object, const json::Value* owner, const Scene& scene) {
  ObjectHealth health = current(object, of(count(object, "readyReplicas"), wanted(object)) + " replicas ready");
  if (owner == nullptr || scene.snapshot.nodes.empty()) return health;
  const Scene::Found pods = newest_pods(object, *owner, scene);
  if (!pods.empty() && std::all_of(pods.begin(), pods.end(),
                                   [&](const json::Value* pod) { return scene.is_on_spot(*pod).value_or(false); }))
    health.warning =
        "all " + std::to_string(pods.size()) + " of its pods run on spot nodes, which may go at the same moment";
  return health;
}

struct Step {
  std::int64_t has;
  std::int64_t wants;
  std::string_view reason;
  std::string_view what;
};

// The first step that is not reached yet, as the object's progress.
std::optional<ObjectHealth> progress(const json::Value& object, std::initializer_list<Step> steps) {
  for (const Step& step : steps) {
    if (step.has < step.wants)
      return in_progress(object, std::string(step.reason),
                         of(step.has, step.wants) + " replicas " + std::string(step.what));
  }
  return std::nullopt;
}

ObjectHealth extra_pods(const json::Value& object, std::int64_t extra) {
  return in_progress(object, "ExtraPods", std::to_string(extra) + " old replicas are still to end");
}

}  // namespace

ObjectHealth deployment_health(const json::Value& object, const Scene& scene) {
  if (object["spec"]["paused"].bool_or(false)) return suspended(object, "rollout is paused");
  const json::Value* set = newest_replica_set(object, scene);
  if (set != nullptr) {
    if (auto doom = shared_doom(newest_pods(object, *set, scene), scene)) return failed(object, *std::move(doom));
  }
  const json::Value& refusal = condition(object, "ReplicaFailure");
  if (refusal["status"].string_or_empty() == "True")
    return failed_by(object, "ReplicaFailure", refusal["message"].string_or_empty());
  const json::Value& progressing = condition(object, "Progressing");
  if (progressing["reason"].string_or_empty() == "ProgressDeadlineExceeded")
    return failed_by(object, "ProgressDeadlineExceeded", progressing["message"].string_or_empty());
  const std::int64_t wants = wanted(object);
  const std::int64_t updated = count(object, "updatedReplicas");
  if (updated < wants && set != nullptr) {
    if (auto doom = creation_doom(*set, scene)) return failed(object, *std::move(doom));
  }
  if (auto step = progress(object, {{count(object, "replicas"), wants, "LessReplicas", "exist"},
                                    {updated, wants, "LessUpdated", "updated"}}))
    return *std::move(step);
  if (const std::int64_t extra = count(object, "replicas") - std::min(updated, wants); extra > 0)
    return extra_pods(object, extra);
  if (auto step = progress(object, {{count(object, "readyReplicas"), wants, "LessReady", "ready"},
                                    {count(object, "availableReplicas"), updated, "LessAvailable", "available"}}))
    return *std::move(step);
  // Without a deadline the controller writes no Progressing condition; the largest int32 stands for none.
  const bool has_deadline = object["spec"]["progressDeadlineSeconds"].int_or(2147483647) != 2147483647;
  if (has_deadline && (progressing["status"].string_or_empty() != "True" ||
                       progressing["reason"].string_or_empty() != "NewReplicaSetAvailable"))
    return in_progress(object, "ReplicaSetNotAvailable", "its newest ReplicaSet is not available yet");
  if (condition_status(object, "Available") != "True")
    return in_progress(object, "NotAvailable", "it is not available yet");
  return all_ready(object, set, scene);
}

ObjectHealth stateful_set_health(const json::Value& object, const Scene& scene) {
  if (object["status"]["observedGeneration"].int_or(0) == 0)
    return in_progress(object, "NotObserved", "its controller has not seen it yet");
  const json::Value& spec = object["spec"];
  const std::int64_t wants = wanted(object);
  const std::int64_t ready = count(object, "readyReplicas");
  const bool same_revision = object["status"]["currentRevision"] == object["status"]["updateRevision"];
  // Pods come one after the other: one that is doomed blocks the rest, unless all were started at once.
  const bool in_order = spec["podManagementPolicy"].string_or_empty() != "Parallel" || !same_revision;
  if (ready < wants || !same_revision) {
    const Scene::Found pods = newest_pods(object, object, scene);
    Dooms dooms = dooms_of(pods, scene);
    if (dooms.first && (in_order || dooms.count == pods.size())) return failed(object, *std::move(dooms.first));
    if (auto doom = creation_doom(object, scene)) return failed(object, *std::move(doom));
  }
  const std::int64_t total = count(object, "replicas");
  if (auto step = progress(object, {{total, wants, "LessReplicas", "exist"}, {ready, wants, "LessReady", "ready"}}))
    return *std::move(step);
  if (total > wants) return extra_pods(object, total - wants);
  // Older controllers write no availableReplicas.
  if (const json::Value& available = object["status"]["availableReplicas"]; available.is_number()) {
    if (auto step = progress(object, {{available.int_or(0), wants, "LessAvailable", "available"}}))
      return *std::move(step);
  }
  // Once the revisions are the same, some controllers count all pods as current and none as updated.
  const std::int64_t updated = same_revision
                                   ? std::max(count(object, "updatedReplicas"), count(object, "currentReplicas"))
                                   : count(object, "updatedReplicas");
  if (spec["updateStrategy"]["type"].string_or_empty() == "OnDelete") {
    ObjectHealth health = current(object, of(ready, wants) + " replicas ready");
    if (!same_revision)
      health.warning = "its strategy is OnDelete: " + of(updated, wants) + " replicas run the newest revision";
    return health;
  }
  const std::int64_t partition =
      std::clamp<std::int64_t>(spec["updateStrategy"]["rollingUpdate"]["partition"].int_or(0), 0, wants);
  if (auto step = progress(object, {{updated, wants - partition, "LessUpdated", "updated"}})) return *std::move(step);
  if (partition == 0 && !same_revision)
    return in_progress(object, "RevisionMismatch", "the newest revision has not become the current one yet");
  return all_ready(object, &object, scene);
}

ObjectHealth daemon_set_health(const json::Value& object, const Scene& scene) {
  if (!object["status"]["observedGeneration"].is_number())
    return in_progress(object, "NotObserved", "its controller has not seen it yet");
  if (!object["status"]["desiredNumberScheduled"].is_number())
    return in_progress(object, "NoDesiredNumber", "its controller has not counted the nodes yet");
  const std::int64_t wants = count(object, "desiredNumberScheduled");
  const json::Value& strategy = object["spec"]["updateStrategy"];
  if (count(object, "numberReady") < wants) {
    const Scene::Found pods = newest_pods(object, object, scene);
    Dooms dooms = dooms_of(pods, scene);
    const json::Value& limit = strategy["rollingUpdate"]["maxUnavailable"];
    std::int64_t tolerated = limit.int_or(1);
    if (const std::string& share = limit.string_or_empty(); share.ends_with('%')) {
      const auto percent = base::parse_unsigned(std::string_view(share).substr(0, share.size() - 1));
      tolerated = (wants * static_cast<std::int64_t>(std::min<std::uint64_t>(percent.value_or(0), 100)) + 99) / 100;
    }
    if (dooms.first && (static_cast<std::int64_t>(dooms.count) > tolerated || dooms.count == pods.size()))
      return failed(object, *std::move(dooms.first));
    if (auto doom = creation_doom(object, scene)) return failed(object, *std::move(doom));
  }
  const bool on_delete = strategy["type"].string_or_empty() == "OnDelete";
  const std::int64_t updated = count(object, "updatedNumberScheduled");
  if (auto step = progress(object, {{count(object, "currentNumberScheduled"), wants, "LessCurrent", "scheduled"},
                                    {on_delete ? wants : updated, wants, "LessUpdated", "updated"},
                                    {count(object, "numberAvailable"), wants, "LessAvailable", "available"},
                                    {count(object, "numberReady"), wants, "LessReady", "ready"}}))
    return *std::move(step);
  ObjectHealth health = current(object, of(wants, wants) + " replicas ready");
  if (on_delete && updated < wants)
    health.warning = "its strategy is OnDelete: " + of(updated, wants) + " replicas run the newest revision";
  return health;
}

ObjectHealth replica_set_health(const json::Value& object, const Scene& scene) {
  const std::int64_t wants = wanted(object);
  if (count(object, "readyReplicas") < wants) {
    if (auto doom = shared_doom(newest_pods(object, object, scene), scene)) return failed(object, *std::move(doom));
    if (auto doom = creation_doom(object, scene)) return failed(object, *std::move(doom));
  }
  const json::Value& refusal = condition(object, "ReplicaFailure");
  if (refusal["status"].string_or_empty() == "True") {
    // A quota may come free while the old ones end.
    if (scene.has_lasted(refusal["lastTransitionTime"].string_or_empty(), 60))
      return failed_by(object, "ReplicaFailure", refusal["message"].string_or_empty());
    return in_progress(object, "ReplicaFailure", refusal["message"].string_or_empty());
  }
  if (auto step = progress(object, {{count(object, "fullyLabeledReplicas"), wants, "LessLabelled", "labelled"},
                                    {count(object, "availableReplicas"), wants, "LessAvailable", "available"},
                                    {count(object, "readyReplicas"), wants, "LessReady", "ready"}}))
    return *std::move(step);
  if (const std::int64_t extra = count(object, "replicas") - wants; extra > 0) return extra_pods(object, extra);
  return current(object, of(wants, wants) + " replicas ready");
}

}  // namespace sentimark::kube
