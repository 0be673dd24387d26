#include "emulator/power.hpp"

namespace sentimark::emulator {

bool Power::has_passed(Clock::time_point since, double seconds) const {
  const std::chrono::duration<double> real = Clock::now() - since;
  return real.count() * config_.time_scale >= seconds;
}

ClusterState Power::now() {
  const std::lock_guard lock(mutex_);
  ClusterState state{config_.power_state, "Succeeded"};
  if (!has_passed(begun_, config_.busy_seconds)) state.provisioning = "Updating";
  if (starting_ && has_passed(started_, config_.start_seconds)) {
    state.power = "Running";
  } else if (starting_) {
    state.provisioning = "Starting";
  }
  return state;
}

bool Power::start() {
  if (!now().is_settled()) return false;
  const std::lock_guard lock(mutex_);
  if (!starting_) started_ = Clock::now();
  starting_ = true;
  return true;
}

}  // namespace sentimark::emulator
