#include "kube/doom.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "kube/object.hpp"
#include "kube/probe_window.hpp"

namespace sentimark::kube {
namespace {

using base::contains;

// A node fault gives 128 too (krane ignores it); these words are the release's own fault.
constexpr std::array<std::string_view, 5> k_start_faults{"no such file", "not found", "permission denied",
                                                         "exec format error", "is a directory"};
constexpr int k_start_error = 128;

std::string pod_name(const json::Value& pod) { return "pod " + pod["metadata"]["name"].string_or_empty(); }

const std::string& born(const json::Value& pod) {
  const std::string& started = pod["status"]["startTime"].string_or_empty();
  return started.empty() ? pod["metadata"]["creationTimestamp"].string_or_empty() : started;
}

std::string key_of(const json::Value& object, std::string_view what) {
  const json::Value& metadata = object["metadata"];
  const std::string& uid = metadata["uid"].string_or_empty();
  return (uid.empty() ? ref_of(object).text() : uid) + " " + std::string(what);
}

std::optional<Doom> proven(const Scene& scene, Sign sign, std::string reason) {
  auto diagnosis = scene.proof(sign);
  if (!diagnosis) return std::nullopt;
  const Signature& row = *diagnosis->row;
  return Doom{std::move(reason), std::move(diagnosis->cause), std::move(diagnosis->advice), row.id,
              row.act == Act::wait ? row.then : row.act};
}

std::string memory_limit(const json::Value& pod, const std::string& container) {
  for (const std::string_view list : {"containers", "initContainers"}) {
    for (const json::Value& one : pod["spec"][list].items()) {
      const std::string& limit = one["resources"]["limits"]["memory"].string_or_empty();
      if (one["name"].string_or_empty() == container && !limit.empty()) return " of " + limit;
    }
  }
  return {};
}

// A crash as one text, whether it is waiting to be started again or has just ended once more.
std::string crash_text(const json::Value& ended, const std::string& reason, bool init) {
  std::string text = (init ? "Init:" : "") + reason;
  if (ended.is_null()) return text;
  text += ": exit code " + std::to_string(ended["exitCode"].int_or(0)) + ", " + ended["reason"].string_or_empty();
  const std::string& message = ended["message"].string_or_empty();
  return message.empty() ? text : text + ": " + message;
}

bool is_node_fault(const json::Value& ended) {
  if (ended["exitCode"].int_or(0) != k_start_error) return false;
  const std::string message = base::to_lower(ended["message"].string_or_empty());
  return std::none_of(k_start_faults.begin(), k_start_faults.end(),
                      [&](std::string_view fault) { return contains(message, fault); });
}

std::optional<Doom> container_doom(const json::Value& pod, const json::Value& status, bool init, const Scene& scene) {
  const json::Value& waiting = status["state"]["waiting"];
  const json::Value& last = status["lastState"]["terminated"];
  const std::int64_t restarts = status["restartCount"].int_or(0);
  const std::string& name = status["name"].string_or_empty();
  std::string reason = waiting["reason"].string_or_empty();
  Sign sign;
  if (reason == "CrashLoopBackOff") {
    if (is_node_fault(last)) return std::nullopt;
    sign.text = crash_text(last, reason, init);
    sign.count = restarts;
  } else if (!reason.empty() && reason != "ContainerCreating" && reason != "PodInitializing") {
    sign.text = reason + ": " + waiting["message"].string_or_empty();
  } else if (const json::Value& ended = status["state"]["terminated"];
             ended["exitCode"].int_or(0) != 0 && restarts > 0 && !is_node_fault(ended)) {
    reason = "CrashLoopBackOff";  // between two starts of the same loop
    sign.text = crash_text(ended, reason, init);
    sign.count = restarts;
  } else {
    return std::nullopt;
  }
  sign.key = key_of(pod, name + " " + reason);
  sign.born = born(pod);
  sign.known = {{"image", status["image"].string_or_empty()},
                {"where", "container " + name + " of " + pod_name(pod)},
                {"limit", memory_limit(pod, name)}};
  return proven(scene, std::move(sign), std::move(reason));
}

std::string when(const json::Value& event) {
  for (const std::string_view field : {"lastTimestamp", "eventTime", "deprecatedLastTimestamp", "firstTimestamp"}) {
    if (const std::string& time = event[field].string_or_empty(); !time.empty()) return time;
  }
  return event["metadata"]["creationTimestamp"].string_or_empty();
}

std::int64_t times(const json::Value& event) {
  return std::max<std::int64_t>(
      {event["count"].int_or(1), event["deprecatedCount"].int_or(1), event["series"]["count"].int_or(1)});
}

// On one line: a storage driver's message holds its whole conversation, and what is looked for stands on several.
std::string message_of(const json::Value& event) {
  const std::string& message = event["message"].string_or_empty();
  return event["reason"].string_or_empty() + ": " +
         base::replace_all(message.empty() ? event["note"].string_or_empty() : message, "\n", " ");
}

// The newest event with this reason; null when there is none.
const json::Value* newest(const Scene::Found& events, std::string_view reason) {
  const json::Value* found = nullptr;
  for (const json::Value* event : events) {
    if ((*event)["reason"].string_or_empty() == reason && (found == nullptr || when(*event) >= when(*found)))
      found = event;
  }
  return found;
}

std::optional<Doom> scheduling_doom(const json::Value& pod, const Scene::Found& events, const Scene& scene) {
  const json::Value& scheduled = condition(pod, "PodScheduled");
  if (scheduled["status"].string_or_empty() != "False" || scheduled["reason"].string_or_empty() != "Unschedulable")
    return std::nullopt;
  const json::Value* added = newest(events, "TriggeredScaleUp");
  const json::Value* refused = newest(events, "NotTriggerScaleUp");
  // The autoscaler's last word counts; a node that is being added is worth waiting for.
  if (added != nullptr && (refused == nullptr || when(*added) >= when(*refused))) return std::nullopt;
  Sign sign;
  sign.text = refused != nullptr ? message_of(*refused) : "Unschedulable: " + scheduled["message"].string_or_empty();
  sign.key = key_of(pod, "Unschedulable");
  sign.since = scheduled["lastTransitionTime"].string_or_empty();
  sign.born = pod["metadata"]["creationTimestamp"].string_or_empty();
  sign.known = {{"where", pod_name(pod)}};
  return proven(scene, std::move(sign), refused != nullptr ? "NotTriggerScaleUp" : "Unschedulable");
}

bool any_container_started(const json::Value& pod) {
  for (const std::string_view list : {"initContainerStatuses", "containerStatuses"}) {
    for (const json::Value& status : pod["status"][list].items()) {
      if (!status["state"]["running"].is_null() || !status["state"]["terminated"].is_null() ||
          status["restartCount"].int_or(0) > 0)
        return true;
    }
  }
  return false;
}

// Volumes and sandbox: what comes before the first container.
std::optional<Doom> setup_doom(const json::Value& pod, const Scene::Found& events, const Scene& scene) {
  if (any_container_started(pod)) return std::nullopt;
  for (const std::string_view reason :
       {"FailedMount", "FailedAttachVolume", "FailedMapVolume", "FailedCreatePodSandBox"}) {
    const json::Value* event = newest(events, reason);
    if (event == nullptr) continue;
    Sign sign{message_of(*event),
              key_of(pod, reason),
              (*event)["firstTimestamp"].string_or_empty(),
              born(pod),
              0,  // the kubelet repeats it every few seconds: only time tells
              {{"where", pod_name(pod)}}};
    if (auto doom = proven(scene, std::move(sign), std::string(reason))) return doom;
  }
  return std::nullopt;
}

std::optional<Doom> probe_doom(const json::Value& pod, const Scene::Found& events, const Scene& scene) {
  for (const json::Value& status : pod["status"]["containerStatuses"].items()) {
    if (status["ready"].bool_or(false)) continue;
    const std::string& name = status["name"].string_or_empty();
    for (const json::Value* event : events) {
      const std::string text = message_of(*event);
      const std::string& field = (*event)["involvedObject"]["fieldPath"].string_or_empty();
      if (!field.empty() && field != "spec.containers{" + name + "}") continue;
      Sign sign{text, key_of(pod, name + " probe"),
                {},   born(pod),
                0,    {{"where", "container " + name + " of " + pod_name(pod)}}};
      if (contains(text, "probe, will be restarted")) {
        sign.count = status["restartCount"].int_or(0);
        if (sign.count == 0) continue;
      } else if (text.starts_with("Unhealthy: Readiness")) {
        // Its patience begins when the probe has had the time that its own numbers give it.
        const std::string& started = status["state"]["running"]["startedAt"].string_or_empty();
        const int window = readiness_window(pod, name);
        if (started.empty() || !scene.has_lasted(started, window + k_readiness_silence)) continue;
        sign.since = started;
      } else {
        continue;
      }
      if (auto doom = proven(scene, std::move(sign), "Unhealthy")) return doom;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Doom> doom_of(const json::Value& pod, const Scene& scene) {
  const json::Value& status = pod["status"];
  for (const std::string_view list : {"initContainerStatuses", "containerStatuses"}) {
    for (const json::Value& container : status[list].items()) {
      if (auto doom = container_doom(pod, container, list == "initContainerStatuses", scene)) return doom;
    }
  }
  if (condition_status(pod, "Ready") == "True") return std::nullopt;
  const Scene::Found events = scene.events_about(pod);
  if (auto doom = scheduling_doom(pod, events, scene)) return doom;
  if (events.empty()) return std::nullopt;
  if (auto doom = setup_doom(pod, events, scene)) return doom;
  return probe_doom(pod, events, scene);
}

std::optional<Doom> creation_doom(const json::Value& controller, const Scene& scene) {
  const Scene::Found events = scene.events_about(controller);
  const json::Value* failed = newest(events, "FailedCreate");
  const json::Value* made = newest(events, "SuccessfulCreate");
  if (failed == nullptr || (made != nullptr && when(*made) >= when(*failed))) return std::nullopt;
  const std::int64_t count = times(*failed);
  // A quota may come free while old pods end: one refusal alone is no proof.
  if (count < scene.snapshot.patience.observations &&
      !scene.has_lasted((*failed)["firstTimestamp"].string_or_empty(), 60))
    return std::nullopt;
  Sign sign{message_of(*failed),
            key_of(controller, "FailedCreate"),
            (*failed)["firstTimestamp"].string_or_empty(),
            {},
            count,
            {{"where", ref_of(controller).text()}}};
  return proven(scene, std::move(sign), "FailedCreate");
}

bool is_disrupted(const json::Value& pod) {
  static constexpr std::array<std::string_view, 7> k_reasons{"Evicted",  "Preempting",   "Preempted", "NodeLost",
                                                             "Shutdown", "NodeShutdown", "Terminated"};
  const json::Value& status = pod["status"];
  if (condition_status(pod, "DisruptionTarget") == "True") return true;
  return status["phase"].string_or_empty() == "Failed" &&
         std::find(k_reasons.begin(), k_reasons.end(), status["reason"].string_or_empty()) != k_reasons.end();
}

}  // namespace sentimark::kube
