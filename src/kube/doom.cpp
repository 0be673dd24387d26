#include "kube/doom.hpp"

#include <array>
#include <string_view>

#include "base/text.hpp"

namespace sentimark::kube {
namespace {

using base::contains;

// One restart may be a dependency that was not up yet; the second in a row is a loop.
constexpr std::int64_t k_crash_loop_restarts = 2;

struct PullRow {
  std::string_view pattern;
  std::string_view cause;
  std::string_view cure;
};

// What the registry says in a pull error, from containerd's resolver.
constexpr std::array<PullRow, 6> k_pull_rows{{
    {"not found", "does not exist in the registry", "check the repository and tag or digest in the values"},
    {"manifest unknown", "does not exist in the registry", "check the repository and tag or digest in the values"},
    {"no match for platform", "has no variant for the node's processor",
     "build the image for the node pool's architecture"},
    {"unauthorized", "may not be pulled by the node",
     "give the kubelet identity the AcrPull role, or set imagePullSecrets"},
    {"403 Forbidden", "may not be pulled by the node",
     "give the kubelet identity the AcrPull role, or set imagePullSecrets"},
    {"failed to authorize", "may not be pulled by the node",
     "give the kubelet identity the AcrPull role, or set imagePullSecrets"},
}};

std::string where(const json::Value& pod, const json::Value& status) {
  return "container " + status["name"].string_or_empty() + " of pod " + pod["metadata"]["name"].string_or_empty();
}

std::optional<Doom> pull_doom(const json::Value& pod, const json::Value& status, const std::string& reason,
                              const std::string& message) {
  for (const PullRow& row : k_pull_rows) {
    if (contains(message, row.pattern)) {
      return Doom{
          reason,
          "image " + status["image"].string_or_empty() + " of " + where(pod, status) + " " + std::string(row.cause),
          std::string(row.cure)};
    }
  }
  return std::nullopt;  // a slow or busy registry may still answer
}

std::optional<Doom> waiting_doom(const json::Value& pod, const json::Value& status) {
  const json::Value& waiting = status["state"]["waiting"];
  const std::string& reason = waiting["reason"].string_or_empty();
  const std::string& message = waiting["message"].string_or_empty();
  if (reason == "InvalidImageName") {
    return Doom{reason,
                "image name " + status["image"].string_or_empty() + " of " + where(pod, status) + " is not valid",
                "correct the image in the values"};
  }
  if (reason == "ErrImageNeverPull") {
    return Doom{reason,
                "image " + status["image"].string_or_empty() + " of " + where(pod, status) +
                    " is not on the node and imagePullPolicy is Never",
                "use IfNotPresent"};
  }
  if (reason == "ErrImagePull" || reason == "ImagePullBackOff") return pull_doom(pod, status, reason, message);
  if (reason == "CreateContainerConfigError" && !contains(message, "failed to sync")) {
    return Doom{reason, where(pod, status) + " cannot be configured: " + message,
                "create the missing ConfigMap, Secret or key, or correct its name"};
  }
  const json::Value& last = status["lastState"]["terminated"];
  if (reason == "CrashLoopBackOff" && status["restartCount"].int_or(0) >= k_crash_loop_restarts) {
    const bool out_of_memory = last["reason"].string_or_empty() == "OOMKilled";
    return Doom{reason,
                where(pod, status) +
                    (out_of_memory ? " was killed for using more memory than its limit"
                                   : " keeps ending with exit code " + std::to_string(last["exitCode"].int_or(0))),
                out_of_memory ? "raise resources.limits.memory or find the leak" : "read the log of its previous run"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Doom> doom_of(const json::Value& pod) {
  const json::Value& status = pod["status"];
  for (const std::string_view list : {"initContainerStatuses", "containerStatuses"}) {
    for (const json::Value& container : status[list].items()) {
      if (auto doom = waiting_doom(pod, container)) return doom;
    }
  }
  return std::nullopt;
}

}  // namespace sentimark::kube
