// Azure Resource Manager for one cluster: its GET, its start, the subscriptions, runCommand and commandResults.
#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "emulator/commands.hpp"
#include "emulator/config.hpp"
#include "emulator/faults.hpp"
#include "emulator/identity.hpp"
#include "emulator/message.hpp"
#include "emulator/power.hpp"
#include "emulator/throttle.hpp"

namespace sentimark::emulator {

class Arm {
 public:
  // cluster: set in pod mode.
  Arm(const Config& config, const Identity& identity, std::optional<Kubernetes> cluster, std::string url);

  void halt() { commands_.halt(); }

  // operation: getCluster, subscriptions, startCluster, operationResult, runCommand or commandResult. name: the
  // cluster's; id: of a commandResult.
  struct Target {
    std::string operation, subscription, group, name, id;
  };
  static std::optional<Target> target_of(const Request& request);

  Reply answer(const Target& target, const Request& request, const std::optional<Fault>& fault);

 private:
  Reply refusal(const Target& target, const Request& request) const;  // status 200: go on
  Reply run(const Target& target, const Request& request, const std::optional<Fault>& fault);
  Reply start(const Target& target, const Request& request);
  Reply starting(const Target& target, const Request& request) const;
  Reply operation_result(const Target& target, const Request& request);
  Reply result(const Target& target, const Request& request, bool stale);
  std::int64_t over_limit(const Target& target);  // seconds to wait; 0: go on
  Reply running(const Target& target, const Request& request, const std::string& id, const json::Value& state) const;
  std::string location(const Target& target, const Request& request, const std::string& id) const;

  const Config& config_;
  const Identity& identity_;
  std::string url_;
  Commands commands_;
  Power power_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  TokenBucket reads_{60, 1};
  TokenBucket others_{60, 1};
};

}  // namespace sentimark::emulator
