// PersistentVolumeClaim, HorizontalPodAutoscaler, PodDisruptionBudget, CustomResourceDefinition, APIService, Namespace.
#include <algorithm>
#include <array>

#include "json/text.hpp"
#include "kube/pod_template.hpp"
#include "kube/rules.hpp"

namespace sentimark::kube {
namespace {

bool is_mounted(const json::Value& claim, const Snapshot& snapshot) {
  const ObjectRef ref = ref_of(claim);
  return std::any_of(snapshot.pods.begin(), snapshot.pods.end(), [&](const json::Value& pod) {
    const json::Array& volumes = pod["spec"]["volumes"].items();
    return pod["metadata"]["namespace"].string_or_empty() == ref.namespace_name &&
           std::any_of(volumes.begin(), volumes.end(), [&](const json::Value& volume) {
             return volume["persistentVolumeClaim"]["claimName"].string_or_empty() == ref.name;
           });
  });
}

// autoscaling/v1 keeps its conditions as JSON in an annotation.
json::Array autoscaler_conditions(const json::Value& autoscaler) {
  const json::Array& own = autoscaler["status"]["conditions"].items();
  if (!own.empty()) return own;
  const std::string& text =
      autoscaler["metadata"]["annotations"]["autoscaling.alpha.kubernetes.io/conditions"].string_or_empty();
  if (text.empty()) return {};
  const auto parsed = json::parse(text, {.bytes = 65'536, .depth = 8, .values = 2'000});
  return parsed ? parsed->items() : json::Array{};
}

}  // namespace

ObjectHealth claim_health(const json::Value& claim, const Scene& scene) {
  const std::string& phase = claim["status"]["phase"].string_or_empty();
  if (phase == "Bound") return current(claim, "claim has its volume");
  if (phase == "Lost")
    return failed(claim, "Lost", "volume claim " + ref_of(claim).name + " has lost its volume",
                  "restore the volume from a backup");
  for (const json::Value* event : scene.events_about(claim)) {
    const std::string& reason = (*event)["reason"].string_or_empty();
    if (reason != "ProvisioningFailed") continue;
    Sign sign{reason + ": " + (*event)["message"].string_or_empty(),
              ref_of(claim).text() + " " + reason,
              (*event)["firstTimestamp"].string_or_empty(),
              {},
              0,
              {{"where", ref_of(claim).text()}}};
    if (auto found = scene.proof(sign))
      return failed(claim, Doom{reason, found->cause, found->advice, found->row->id, Act::human});
    return in_progress(claim, reason, (*event)["message"].string_or_empty());
  }
  // WaitForFirstConsumer leaves a claim pending until a pod wants it: no reason to hold up a release.
  if (phase == "Pending" && scene.snapshot.pods_known && !is_mounted(claim, scene.snapshot))
    return current(claim, "its volume is made when a pod first uses it");
  return in_progress(claim, phase.empty() ? "Pending" : phase, "claim has no volume yet");
}

ObjectHealth autoscaler_health(const json::Value& autoscaler, const Scene& scene) {
  static constexpr std::array<std::string_view, 3> k_at_once{"FailedGetScale", "FailedUpdateScale", "InvalidSelector"};
  const json::Array conditions = autoscaler_conditions(autoscaler);
  for (const json::Value& one : conditions) {
    const std::string& type = one["type"].string_or_empty();
    const std::string& reason = one["reason"].string_or_empty();
    const std::string& message = one["message"].string_or_empty();
    if (type != "AbleToScale" && type != "ScalingActive") continue;
    if (std::find(k_at_once.begin(), k_at_once.end(), reason) != k_at_once.end())
      return failed(autoscaler, reason, ref_of(autoscaler).text() + " cannot scale its target: " + message,
                    "check scaleTargetRef and the selector of the target");
    const auto row = diagnose(workload_signatures(), reason);
    if (!row || row->row->id != "autoscaler-metric") continue;
    // Right after an install no metric is there yet.
    const std::string& since = one["lastTransitionTime"].string_or_empty();
    if (scene.has_lasted(since.empty() ? autoscaler["metadata"]["creationTimestamp"].string_or_empty() : since,
                         row->row->patience))
      return failed_by(autoscaler, reason, message);
    return in_progress(autoscaler, reason, message);
  }
  for (const json::Value& one : conditions) {
    const std::string& type = one["type"].string_or_empty();
    if ((type == "AbleToScale" || type == "ScalingLimited") && one["status"].string_or_empty() == "True")
      return current(autoscaler, one["message"].string_or_empty());
  }
  return in_progress(autoscaler, "NotScaling", "it has not scaled its target yet");
}

ObjectHealth budget_health(const json::Value& budget, const Scene&) {
  const json::Value& status = budget["status"];
  const std::int64_t healthy = status["currentHealthy"].int_or(0);
  const std::int64_t desired = status["desiredHealthy"].int_or(0);
  if (healthy < desired) return in_progress(budget, "LessHealthy", of(healthy, desired) + " pods healthy");
  const json::Value& allowed = condition(budget, "DisruptionAllowed");
  // Only policy/v1 reports it.
  if (allowed.is_null() && budget["apiVersion"].string_or_empty() == "policy/v1")
    return in_progress(budget, "NotReported", "its controller has not reported whether a disruption is allowed");
  if (is_stale(allowed, budget))
    return in_progress(budget, "NotObserved", "its controller has not seen the change yet");
  const json::Value& expected = status["expectedPods"];
  if (expected.is_number() && expected.int_or(0) == 0) {
    ObjectHealth health = current(budget);
    health.warning = "its selector fits no pod";
    return health;
  }
  ObjectHealth health = current(budget, of(healthy, desired) + " pods healthy");
  if (expected.int_or(0) > 0 && status["disruptionsAllowed"].int_or(1) == 0)
    health.warning =
        "it allows no disruption though its pods are healthy: no node under them can be drained or upgraded";
  return health;
}

ObjectHealth definition_health(const json::Value& definition, const Scene&) {
  const json::Value& names = condition(definition, "NamesAccepted");
  const json::Value& established = condition(definition, "Established");
  for (const json::Value* one : {&names, &established}) {
    const std::string& reason = (*one)["reason"].string_or_empty();
    if ((*one)["status"].string_or_empty() == "False" && (one == &names || reason != "Installing"))
      return failed(definition, reason,
                    "definition " + ref_of(definition).name + " is not taken: " + (*one)["message"].string_or_empty(),
                    "remove the definition whose names it shares");
  }
  if (established["status"].string_or_empty() == "True") return current(definition, "definition is established");
  return in_progress(definition, "Installing", "definition is not established yet");
}

ObjectHealth api_service_health(const json::Value& service, const Scene&) {
  const json::Value& available = condition(service, "Available");
  if (available["status"].string_or_empty() == "True") return current(service, "API is available");
  if (available.is_null()) return in_progress(service, "NotObserved", "the API server has not looked at it yet");
  return in_progress(service, available["reason"].string_or_empty(), available["message"].string_or_empty());
}

ObjectHealth namespace_health(const json::Value& space, const Scene&) {
  if (space["status"]["phase"].string_or_empty() == "Terminating")
    return {ref_of(space), Health::terminating, "Terminating", "namespace is being deleted", {}};
  return current(space);
}

}  // namespace sentimark::kube
