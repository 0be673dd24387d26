// Pod Security Standards: what a namespace at a level would say of a pod, for any Kubernetes minor.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.hpp"
#include "kube/object.hpp"

namespace sentimark::kube {

enum class PodSecurityLevel { privileged, baseline, restricted };

std::optional<PodSecurityLevel> pod_security_level(std::string_view word);  // "baseline"; nothing for another word

// The newest minor whose rules are known; later ones are judged by it, as the admission plug-in itself does.
constexpr int k_newest_pod_security_minor = 37;

struct PodSecurityFinding {
  ObjectRef object;
  std::string_view check;          // the upstream id, "capabilities_restricted"
  PodSecurityLevel level;          // baseline or restricted: whose rule it is
  std::vector<std::string> paths;  // the fields that break it, or that are missing; the first one leads
  std::string message;             // in the words of the admission plug-in
};

// Every check that Kubernetes 1.<minor> makes at this level on every pod or pod template in the object, in the order
// in which the plug-in names them: baseline by id, then restricted by id. A restricted check replaces its baseline
// twin. Rules: kubernetes/pod-security-admission policy/, v0.37.
std::vector<PodSecurityFinding> pod_security(const json::Value& object, PodSecurityLevel level, int minor);

}  // namespace sentimark::kube
