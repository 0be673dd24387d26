// Pod, Job, CronJob.
#include <algorithm>

#include "kube/rules.hpp"

namespace sentimark::kube {
namespace {

// The first container that ended badly, for a pod that has failed.
std::string ending_of(const json::Value& pod) {
  if (const std::string& message = pod["status"]["message"].string_or_empty(); !message.empty()) return message;
  for (const std::string_view list : {"initContainerStatuses", "containerStatuses"}) {
    for (const json::Value& status : pod["status"][list].items()) {
      const json::Value& ended = status["state"]["terminated"];
      if (ended["exitCode"].int_or(0) == 0) continue;
      return "container " + status["name"].string_or_empty() + " ended with exit code " +
             std::to_string(ended["exitCode"].int_or(0)) +
             (ended["reason"].string_or_empty() == "OOMKilled" ? " (out of memory)" : "");
    }
  }
  return "no container says why";
}

// A crash is counted by the Job's own backoff limit; an image that cannot be pulled is counted by nobody.
std::optional<Doom> waiting_doom(const json::Value& job, const Scene& scene) {
  std::optional<Doom> first;
  for (const json::Value* pod : scene.pods_of(job["metadata"]["uid"].string_or_empty())) {
    const std::string& phase = (*pod)["status"]["phase"].string_or_empty();
    if (phase == "Succeeded" || phase == "Failed") continue;
    auto doom = doom_of(*pod, scene);
    if (!doom || doom->reason == "CrashLoopBackOff") return std::nullopt;
    if (!first) first = std::move(doom);
  }
  return first;
}

}  // namespace

ObjectHealth pod_health(const json::Value& pod, const Scene& scene) {
  const json::Value& status = pod["status"];
  const std::string& phase = status["phase"].string_or_empty();
  if (phase == "Succeeded") return current(pod, "pod has done its work");
  if (phase == "Failed") {
    // What its node took away is made anew, and says nothing of the pod itself.
    if (is_disrupted(pod)) {
      const std::string& reason = status["reason"].string_or_empty();
      return in_progress(pod, reason.empty() ? "Disrupted" : reason, "pod lost its node: " + ending_of(pod));
    }
    return failed(pod, "PodFailed", "pod " + ref_of(pod).name + " has failed: " + ending_of(pod), "read its log");
  }
  if (phase == "Unknown")
    return {ref_of(pod), Health::unknown, "NodeLost", "its node does not answer, so that its state is not known", {}};
  const json::Value& ready = condition(pod, "Ready");
  const std::string& policy = pod["spec"]["restartPolicy"].string_or_empty();
  const bool serves = policy.empty() || policy == "Always";
  if (serves && ready["status"].string_or_empty() == "True") {
    if (is_stale(ready, pod)) return in_progress(pod, "NotObserved", "the kubelet has not seen the change yet");
    return current(pod, "pod is ready");
  }
  if (auto doom = doom_of(pod, scene)) return failed(pod, *std::move(doom));
  if (!serves) return in_progress(pod, phase.empty() ? "Pending" : phase, "pod has not done its work yet");
  return in_progress(pod, phase.empty() ? "Pending" : phase, "pod is not ready");
}

ObjectHealth job_health(const json::Value& job, const Scene& scene) {
  if (condition_status(job, "Complete") == "True") return current(job, "job is complete");
  // FailureTarget stands as soon as it is decided, Failed once the last pod has ended.
  for (const std::string_view type : {"Failed", "FailureTarget"}) {
    const json::Value& failure = condition(job, type);
    if (failure["status"].string_or_empty() != "True") continue;
    ObjectHealth health = failed_by(job, failure["reason"].string_or_empty(), failure["message"].string_or_empty());
    health.message = "job " + ref_of(job).name + " has failed: " + failure["message"].string_or_empty();
    return health;
  }
  if (job["spec"]["suspend"].bool_or(false)) {
    if (condition_status(job, "Suspended") == "True") return suspended(job, "job is suspended");
    return in_progress(job, "Suspending", "job is to be suspended, and its controller has not done so yet");
  }
  if (auto doom = waiting_doom(job, scene)) return failed(job, *std::move(doom));
  if (auto doom = creation_doom(job, scene)) return failed(job, *std::move(doom));
  if (job["status"]["startTime"].is_null()) return in_progress(job, "NotStarted", "job has not started yet");
  return in_progress(job, "Running", "job is not complete");
}

ObjectHealth cron_job_health(const json::Value& job, const Scene& scene) {
  if (job["spec"]["suspend"].bool_or(false)) return suspended(job, "no job is started: it is suspended");
  const json::Value& status = job["status"];
  for (const json::Value* event : scene.events_about(job)) {
    const std::string& reason = (*event)["reason"].string_or_empty();
    if (reason == "UnparseableSchedule" || reason == "InvalidSchedule" || reason == "UnknownTimeZone")
      return failed_by(job, reason, (*event)["message"].string_or_empty());
  }
  // Both are RFC 3339 in UTC, so that text order is time order.
  const std::string& started = status["lastScheduleTime"].string_or_empty();
  const std::string& succeeded = status["lastSuccessfulTime"].string_or_empty();
  if (started.empty()) return current(job, "no job was due yet");
  if (!status["active"].items().empty()) return current(job, "a job is running");
  if (succeeded.empty()) {
    ObjectHealth health = current(job);
    health.warning = "no job of it has ever succeeded";
    return health;
  }
  if (succeeded < started)
    return failed(job, "LastJobFailed", "the last job of CronJob " + ref_of(job).name + " did not succeed",
                  "read the log of its pods");
  return current(job, "its last job succeeded");
}

}  // namespace sentimark::kube
