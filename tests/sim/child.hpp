// Child: a simulated kubectl or helm process, and the Processes of the program that starts it.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/world.hpp"
#include "sys/processes.hpp"

namespace sentimark::sim {

struct Child {
  std::vector<std::string> argv;
  std::string input;
  std::string owner;  // the program that started it
  bool alive = true;
  Instant died;
  std::deque<sys::ProcessEvent> told;  // what the owner has not yet heard
  std::function<void()> wake_owner;
  std::function<void(sys::Signal)> on_signal;  // absent: every signal ends it
  std::function<void()> on_gone;               // once, when it runs no more

  void print(std::string text);
  void complain(std::string text);
  void exit(int code, Instant now);
  void die(Instant now);  // without a word

 private:
  void gone();
};

using ChildPtr = std::shared_ptr<Child>;

// Starts the simulated program behind argv[0]; false when there is none of that name.
using Launch = std::function<bool(const ChildPtr&)>;

class SimProcesses final : public sys::Processes {
 public:
  SimProcesses(World& world, Actor& actor, Launch launch) : world_(world), actor_(actor), launch_(std::move(launch)) {}
  ~SimProcesses() override;

  base::Result<sys::ProcessId> start(const sys::Command& command) override;
  sys::ProcessEvent wait_any(base::Instant deadline, const sys::Stop& stop) override;
  void signal(sys::ProcessId process, sys::Signal signal) override;
  void kill_all() override;

 private:
  void end_all();
  World& world_;
  Actor& actor_;
  Launch launch_;
  sys::ProcessId last_ = 0;
  std::map<sys::ProcessId, ChildPtr> children_;
};

}  // namespace sentimark::sim
