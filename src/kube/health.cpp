// Where kubectl, kstatus, Argo CD and Helm differ the stricter reading is taken: nothing is healthy that has no ready
// replica, a running Job is not done, a failed Pod has failed.
#include "kube/health.hpp"

#include <algorithm>
#include <array>

#include "kube/custom_kinds.hpp"
#include "kube/pod_template.hpp"
#include "kube/rules.hpp"

namespace sentimark::kube {
namespace {

struct Row {
  std::string_view kind;
  std::array<std::string_view, 2> groups;  // today's and, where it moved, the one it came from
  Rule rule;
  bool needs_observed;  // a missing observedGeneration means that its controller has not seen it yet
  bool in_rollout;      // whether a rollout waits for it
};

constexpr std::string_view k_gateway = "gateway.networking.k8s.io";

constexpr std::array<Row, 21> k_rows{{
    {"Deployment", {"apps", "extensions"}, deployment_health, true, true},
    {"StatefulSet", {"apps", "apps"}, stateful_set_health, true, true},
    {"DaemonSet", {"apps", "extensions"}, daemon_set_health, true, true},
    {"ReplicaSet", {"apps", "extensions"}, replica_set_health, true, true},
    {"ReplicationController", {"", ""}, replica_set_health, false, true},
    {"Pod", {"", ""}, pod_health, false, true},
    {"Job", {"batch", "batch"}, job_health, false, true},
    {"CronJob", {"batch", "batch"}, cron_job_health, false, false},
    {"Service", {"", ""}, service_health, false, true},
    {"Ingress", {"networking.k8s.io", "extensions"}, ingress_health, false, false},
    {"HTTPRoute", {k_gateway, k_gateway}, route_health, false, false},
    {"GRPCRoute", {k_gateway, k_gateway}, route_health, false, false},
    {"TLSRoute", {k_gateway, k_gateway}, route_health, false, false},
    {"TCPRoute", {k_gateway, k_gateway}, route_health, false, false},
    {"Gateway", {k_gateway, k_gateway}, gateway_health, false, false},
    {"PersistentVolumeClaim", {"", ""}, claim_health, false, true},
    {"HorizontalPodAutoscaler", {"autoscaling", "autoscaling"}, autoscaler_health, false, false},
    {"PodDisruptionBudget", {"policy", "policy"}, budget_health, true, false},
    {"CustomResourceDefinition", {"apiextensions.k8s.io", "apiextensions.k8s.io"}, definition_health, false, true},
    {"APIService", {"apiregistration.k8s.io", "apiregistration.k8s.io"}, api_service_health, false, true},
    {"Namespace", {"", ""}, namespace_health, false, true},
}};

constexpr Row k_other{"", {"", ""}, other_health, false, true};

const Row& row_of(const json::Value& object) {
  const std::string& kind = object["kind"].string_or_empty();
  const std::string_view group = group_of(object);
  const auto found = std::find_if(k_rows.begin(), k_rows.end(), [&](const Row& row) {
    return row.kind == kind && (object["apiVersion"].is_null() || group == row.groups[0] || group == row.groups[1]);
  });
  return found == k_rows.end() ? k_other : *found;
}

// What stands before every kind's own rule; nothing when the rule may speak.
std::optional<ObjectHealth> gate(const json::Value& object, bool needs_observed) {
  if (!object["metadata"]["deletionTimestamp"].is_null())
    return ObjectHealth{ref_of(object), Health::terminating, "Terminating", "object is being deleted", {}};
  const json::Value& observed = object["status"]["observedGeneration"];
  const std::int64_t generation = object["metadata"]["generation"].int_or(needs_observed ? 1 : 0);
  // Until the controller has seen this generation its status speaks of the one before.
  if ((needs_observed || observed.is_number()) && observed.int_or(0) < generation)
    return in_progress(object, "NotObserved", "its controller has not seen the change yet");
  const json::Value& stalled = condition(object, "Stalled");
  if (stalled["status"].string_or_empty() == "True" && !is_stale(stalled, object)) {
    return failed(object, stalled["reason"].string_or_empty(),
                  "its controller is stalled: " + stalled["message"].string_or_empty(), "mend what its message names");
  }
  const json::Value& reconciling = condition(object, "Reconciling");
  if (reconciling["status"].string_or_empty() == "True")
    return in_progress(object, reconciling["reason"].string_or_empty(), reconciling["message"].string_or_empty());
  return std::nullopt;
}

ObjectHealth health_in(const json::Value& object, const Scene& scene) {
  if (object["kind"].string_or_empty().empty())
    return {ref_of(object), Health::unknown, "NoKind", "this is not a Kubernetes object: it has no kind", {}};
  const Row& row = row_of(object);
  if (auto held = gate(object, row.needs_observed)) return *std::move(held);
  if (scene.snapshot.custom != nullptr) {
    if (auto judged = scene.snapshot.custom->health_of(object)) return *std::move(judged);
  }
  return row.rule(object, scene);
}

constexpr std::array<std::string_view, 6> k_words{"Current",     "InProgress", "Failed",
                                                  "Terminating", "Suspended",  "Unknown"};
constexpr std::array<std::string_view, 6> k_statuses{"current",     "in-progress", "failed",
                                                     "terminating", "suspended",   "unknown"};

}  // namespace

std::string_view word_of(Health health) { return k_words[static_cast<std::size_t>(health)]; }
std::string_view status_of(Health health) { return k_statuses[static_cast<std::size_t>(health)]; }

ObjectHealth current(const json::Value& object, std::string message) {
  return {ref_of(object), Health::current, "Current", std::move(message), {}};
}

ObjectHealth in_progress(const json::Value& object, std::string reason, std::string message) {
  return {ref_of(object), Health::in_progress, std::move(reason), std::move(message), {}};
}

ObjectHealth suspended(const json::Value& object, std::string message) {
  return {ref_of(object), Health::suspended, "Suspended", std::move(message), {}};
}

ObjectHealth failed(const json::Value& object, std::string reason, std::string message, std::string cure) {
  return {ref_of(object), Health::failed, std::move(reason), std::move(message), std::move(cure)};
}

ObjectHealth failed(const json::Value& object, Doom doom) {
  ObjectHealth health = failed(object, std::move(doom.reason), std::move(doom.message), std::move(doom.cure));
  health.signature = doom.signature;
  health.act = doom.act;
  return health;
}

ObjectHealth failed_by(const json::Value& object, const std::string& reason, const std::string& message) {
  auto diagnosis = diagnose(workload_signatures(), reason + ": " + message, {{"where", ref_of(object).text()}});
  if (!diagnosis) return failed(object, reason, ref_of(object).text() + " has failed: " + message, {});
  const Act act = diagnosis->row->act;
  return failed(object, Doom{reason, std::move(diagnosis->cause), std::move(diagnosis->advice), diagnosis->row->id,
                             act == Act::rollback ? act : Act::human});
}

std::string of(std::int64_t has, std::int64_t wants) { return std::to_string(has) + " of " + std::to_string(wants); }

ObjectHealth health_of(const json::Value& object, const Snapshot& snapshot) {
  return health_in(object, Scene(snapshot));
}

const ObjectHealth* Judgement::culprit() const {
  const auto found = std::find_if(objects.begin(), objects.end(), [](const ObjectHealth& object) {
    return object.health == Health::failed && object.decides;
  });
  return found == objects.end() ? nullptr : &*found;
}

Judgement judge(const Snapshot& snapshot, Scope scope) {
  if (snapshot.memory != nullptr && snapshot.now) snapshot.memory->begin(*snapshot.now);
  const Scene scene(snapshot);
  Judgement judgement;
  bool all_current = true;
  for (const json::Value& object : snapshot.objects) {
    judgement.objects.push_back(health_in(object, scene));
    ObjectHealth& health = judgement.objects.back();
    health.decides = scope == Scope::release || row_of(object).in_rollout;
    all_current =
        all_current && (!health.decides || health.health == Health::current || health.health == Health::suspended);
  }
  judgement.disrupted =
      static_cast<std::size_t>(std::count_if(snapshot.pods.begin(), snapshot.pods.end(), is_disrupted));
  judgement.verdict = judgement.culprit() != nullptr ? Verdict::doomed
                      : all_current                  ? Verdict::healthy
                                                     : Verdict::progressing;
  return judgement;
}

}  // namespace sentimark::kube
