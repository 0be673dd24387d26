// LocalDoor: the same agent in this very process, with kubectl and helm of this machine.
#pragma once
#include "cluster/door.hpp"
#include "sys/sys.hpp"

namespace sentimark::cluster {

class LocalDoor final : public Door {
 public:
  // `kubeconfig` empty: KUBECONFIG of the environment, as kubectl takes it.
  LocalDoor(sys::Sys& sys, std::string kubeconfig) : sys_(sys), kubeconfig_(std::move(kubeconfig)) {}

  base::Done open(base::Instant deadline) override;
  base::Result<wire::Answer> run(wire::Job job, const std::vector<Payload>& payloads, base::Instant deadline) override;
  Costs costs() const override { return costs_; }
  std::string cluster_id() const override { return "local"; }
  bool outlives_us() const override { return false; }

 private:
  sys::Sys& sys_;
  std::string kubeconfig_;
  Costs costs_;
};

}  // namespace sentimark::cluster
