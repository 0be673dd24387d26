// Azure Resource Manager for one cluster: its GET, the subscriptions, runCommand and commandResults.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "emulator/command_child.hpp"
#include "emulator/config.hpp"
#include "emulator/faults.hpp"
#include "emulator/identity.hpp"
#include "emulator/message.hpp"

namespace sentimark::emulator {

class Arm {
 public:
  Arm(const Config& config, const Identity& identity, std::string url);
  ~Arm();  // ends running commands

  // operation: getCluster, subscriptions, runCommand or commandResult. name: the cluster's; id: of a commandResult.
  struct Target {
    std::string operation, subscription, group, name, id;
  };
  static std::optional<Target> target_of(const Request& request);

  Reply answer(const Target& target, const Request& request, const std::optional<Fault>& fault);

 private:
  struct Command {
    bool done = false;
    bool lost = false;
    std::string started, finished;
    CommandOutcome outcome;
  };
  Reply refusal(const Target& target, const Request& request) const;  // status 200: go on
  Reply cluster() const;
  Reply run(const Target& target, const Request& request, const std::optional<Fault>& fault);
  Reply result(const Target& target, const Request& request);
  void start(const std::string& id, const std::string& command, Files files, bool truncated);
  std::string location(const Target& target, const Request& request, const std::string& id) const;

  const Config& config_;
  const Identity& identity_;
  std::string url_;
  std::mutex mutex_;
  std::map<std::string, Command> commands_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stopping_{false};
  std::size_t running_ = 0;
};

}  // namespace sentimark::emulator
