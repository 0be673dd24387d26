// Pod mode: the command as a real pod in the cluster's aks-command namespace, scheduled, admitted and run by the real
// thing; nothing about its fate is made up here.
#pragma once
#include <chrono>
#include <string>

#include "emulator/command_place.hpp"
#include "emulator/kubernetes.hpp"
#include "emulator/pod_manifest.hpp"

namespace sentimark::emulator {

struct PodOptions {
  PodPlan plan;
  std::string archive;                 // the context's ZIP; may be empty
  std::string kubeconfig;              // of the caller's identity, when plan.as_token_identity
  std::chrono::milliseconds patience;  // how long runCommand waits for the start (30 s on AKS)
  std::chrono::milliseconds gate{0};   // how long the pod stays unscheduled, when plan.gated
  bool late = false;                   // a pod that did not start in time stays, and may start after all
};

class CommandPod : public CommandPlace {
 public:
  CommandPod(const Kubernetes& cluster, PodOptions options);

  // Refusals: KubernetesOperationError with what the API said, KubernetesPerformanceError without a start in time.
  std::optional<Refusal> start(const Stop& stop) override;
  CommandOutcome wait(const Stop& stop) override;
  void remove(const Stop& hurry) override;
  json::Value facts() const override { return facts_; }  // name, uid and node of the pod

 private:
  std::optional<Refusal> create();
  void open_gate_in_time();

  const Kubernetes& cluster_;
  PodOptions options_;
  std::chrono::steady_clock::time_point begun_;
  bool gate_closed_ = false;
  bool lost_ = false;  // it did not end by itself
  std::string never_;  // the reason why it will never start
  json::Value facts_;
};

// The server address that pods use: the API's own Service. Empty when the cluster does not tell.
std::string in_cluster_server(const Kubernetes& cluster);

// Takes away every object of that instance: of a crash at start, of this run at the end.
void sweep(const Kubernetes& cluster, const std::string& instance);

}  // namespace sentimark::emulator
