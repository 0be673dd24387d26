// Doom: proof that something will never run as it is, with the cause in one sentence.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "json/value.hpp"
#include "kube/scene.hpp"

namespace sentimark::kube {

struct Doom {
  std::string reason;   // the kubelet's or scheduler's word
  std::string message;  // the cause, one sentence
  std::string cure;     // what to change
  std::string_view signature;
  Act act = Act::rollback;  // rollback or human
};

// Nothing when the pod runs, or may still come to run: its containers' states, the scheduler's word (an autoscaler that
// is adding a node is waited for), and events of volumes, sandbox and probes.
std::optional<Doom> doom_of(const json::Value& pod, const Scene& scene);

// What keeps a controller from making its pods: FailedCreate events that no later success has answered.
std::optional<Doom> creation_doom(const json::Value& controller, const Scene& scene);

// A pod that its node lost, not its release: evicted, preempted, on a node that went (a spot eviction among them).
bool is_disrupted(const json::Value& pod);

}  // namespace sentimark::kube
