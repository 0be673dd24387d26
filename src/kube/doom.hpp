// Doom: proof in a pod's status that it will never run as it is, with the cause in one sentence.
#pragma once
#include <optional>
#include <string>

#include "json/value.hpp"

namespace sentimark::kube {

struct Doom {
  std::string reason;   // the kubelet's or scheduler's word
  std::string message;  // the cause, one sentence
  std::string cure;     // what to change
};

// Nothing when the pod runs, or may still come to run. Reasons: kubernetes/kubernetes pkg/kubelet/images/types.go and
// pkg/kubelet/container/sync_result.go.
std::optional<Doom> doom_of(const json::Value& pod);

}  // namespace sentimark::kube
