// Whether the emulated cluster runs: as configured, stopped until somebody starts it, or busy with something else.
#pragma once
#include <chrono>
#include <mutex>
#include <string>

#include "emulator/config.hpp"

namespace sentimark::emulator {

struct ClusterState {
  std::string power;         // "Running" or "Stopped"
  std::string provisioning;  // "Succeeded", "Starting" or "Updating"
  bool is_settled() const { return provisioning == "Succeeded"; }
};

class Power {
 public:
  explicit Power(const Config& config) : config_(config) {}

  ClusterState now();

  // False when another operation is in progress. Starting what runs already is no error, as with AKS.
  bool start();

 private:
  using Clock = std::chrono::steady_clock;
  bool has_passed(Clock::time_point since, double seconds) const;
  const Config& config_;
  std::mutex mutex_;
  Clock::time_point begun_ = Clock::now();
  Clock::time_point started_{};
  bool starting_ = false;  // was started; running once the time has passed
};

}  // namespace sentimark::emulator
