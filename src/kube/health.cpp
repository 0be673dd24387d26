// The rules follow docs of each kind's status fields (kubernetes/api apps/v1, core/v1, batch/v1); where kubectl,
// kstatus and Helm differ the stricter reading is taken: nothing is healthy that has no ready replica.
#include "kube/health.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "kube/doom.hpp"
#include "kube/workload.hpp"

namespace sentimark::kube {
namespace {

ObjectHealth current(const json::Value& object) { return {ref_of(object), Health::current, "Current", {}, {}}; }

ObjectHealth waiting(const json::Value& object, std::string reason, std::string message) {
  return {ref_of(object), Health::in_progress, std::move(reason), std::move(message), {}};
}

ObjectHealth failed(const json::Value& object, std::string reason, std::string message, std::string cure) {
  return {ref_of(object), Health::failed, std::move(reason), std::move(message), std::move(cure)};
}

ObjectHealth pod_health(const json::Value& pod) {
  if (const auto doom = doom_of(pod)) return failed(pod, doom->reason, doom->message, doom->cure);
  const std::string& phase = pod["status"]["phase"].string_or_empty();
  if (phase == "Succeeded" || condition_status(pod, "Ready") == "True") return current(pod);
  if (phase == "Failed") {
    return failed(pod, "PodFailed",
                  "pod " + ref_of(pod).name + " has failed: " + pod["status"]["message"].string_or_empty(),
                  "read its log");
  }
  return waiting(pod, phase.empty() ? "Pending" : phase, "pod is not ready");
}

ObjectHealth job_health(const json::Value& job) {
  if (condition_status(job, "Complete") == "True") return current(job);
  const json::Value& failure = condition(job, "Failed");
  if (failure["status"].string_or_empty() == "True") {
    return failed(job, failure["reason"].string_or_empty(),
                  "job " + ref_of(job).name + " has failed: " + failure["message"].string_or_empty(),
                  "read the log of its pods");
  }
  if (job["spec"]["suspend"].bool_or(false))
    return {ref_of(job), Health::suspended, "Suspended", "job is suspended", {}};
  return waiting(job, "Running", "job is not complete");
}

bool has_ready_endpoint(const json::Value& service, const Snapshot& snapshot) {
  const ObjectRef ref = ref_of(service);
  for (const json::Value& slice : snapshot.endpoint_slices) {
    const ObjectRef own = ref_of(slice);
    if (own.namespace_name != ref.namespace_name ||
        slice["metadata"]["labels"]["kubernetes.io/service-name"].string_or_empty() != ref.name)
      continue;
    const json::Array& endpoints = slice["endpoints"].items();
    // An absent condition means ready (discovery/v1 EndpointConditions).
    if (std::any_of(endpoints.begin(), endpoints.end(),
                    [](const json::Value& endpoint) { return endpoint["conditions"]["ready"].bool_or(true); }))
      return true;
  }
  return false;
}

ObjectHealth service_health(const json::Value& service, const Snapshot& snapshot) {
  const std::string& type = service["spec"]["type"].string_or_empty();
  if (type == "ExternalName") return current(service);
  if (service["spec"]["clusterIP"].string_or_empty().empty())
    return waiting(service, "NoClusterIP", "service has no cluster address yet");
  if (type == "LoadBalancer" && service["status"]["loadBalancer"]["ingress"].items().empty() &&
      service["spec"]["externalIPs"].items().empty()) {
    return waiting(service, "NoLoadBalancer", "load balancer has no address yet");
  }
  if (!service["spec"]["selector"].members().empty() && !has_ready_endpoint(service, snapshot)) {
    return waiting(service, "NoEndpoints", "no ready pod stands behind the service");
  }
  return current(service);
}

ObjectHealth claim_health(const json::Value& claim) {
  const std::string& phase = claim["status"]["phase"].string_or_empty();
  if (phase == "Bound") return current(claim);
  if (phase == "Lost")
    return failed(claim, "Lost", "volume claim " + ref_of(claim).name + " has lost its volume",
                  "restore the volume from a backup");
  // WaitForFirstConsumer leaves a claim pending until a pod wants it: the pod's own state tells more.
  return {ref_of(claim), Health::current, phase, "volume is bound when a pod first uses it", {}};
}

ObjectHealth definition_health(const json::Value& definition) {
  if (condition_status(definition, "NamesAccepted") == "False") {
    return failed(definition, "NamesNotAccepted", condition(definition, "NamesAccepted")["message"].string_or_empty(),
                  "remove the conflicting definition");
  }
  if (condition_status(definition, "Established") == "True") return current(definition);
  return waiting(definition, "Installing", "definition is not established yet");
}

ObjectHealth other_health(const json::Value& object) {
  const json::Value& ready = condition(object, "Ready");
  if (ready.is_null() || ready["status"].string_or_empty() == "True") return current(object);
  return waiting(object, ready["reason"].string_or_empty(), ready["message"].string_or_empty());
}

}  // namespace

std::string_view word_of(Health health) {
  switch (health) {
    case Health::current:
      return "Current";
    case Health::in_progress:
      return "InProgress";
    case Health::failed:
      return "Failed";
    case Health::terminating:
      return "Terminating";
    case Health::suspended:
      return "Suspended";
  }
  return "Unknown";
}

ObjectHealth health_of(const json::Value& object, const Snapshot& snapshot) {
  const std::string& kind = object["kind"].string_or_empty();
  if (!object["metadata"]["deletionTimestamp"].is_null())
    return {ref_of(object), Health::terminating, "Terminating", "object is being deleted", {}};
  if (kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" || kind == "ReplicaSet")
    return workload_health(object, snapshot);
  if (kind == "Job") return job_health(object);
  if (kind == "Pod") return pod_health(object);
  if (kind == "Service") return service_health(object, snapshot);
  if (kind == "PersistentVolumeClaim") return claim_health(object);
  if (kind == "CustomResourceDefinition") return definition_health(object);
  return other_health(object);
}

const ObjectHealth* Judgement::culprit() const {
  const auto found = std::find_if(objects.begin(), objects.end(),
                                  [](const ObjectHealth& object) { return object.health == Health::failed; });
  return found == objects.end() ? nullptr : &*found;
}

Judgement judge(const Snapshot& snapshot) {
  Judgement judgement;
  bool all_current = true;
  for (const json::Value& object : snapshot.objects) {
    judgement.objects.push_back(health_of(object, snapshot));
    const Health health = judgement.objects.back().health;
    all_current = all_current && (health == Health::current || health == Health::suspended);
  }
  judgement.verdict = judgement.culprit() != nullptr ? Verdict::doomed
                      : all_current                  ? Verdict::healthy
                                                     : Verdict::progressing;
  return judgement;
}

}  // namespace sentimark::kube
