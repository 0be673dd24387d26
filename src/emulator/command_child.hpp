// Child mode: the command as a confined process of this machine, the fast stand-in for the command pod.
#pragma once
#include <chrono>
#include <mutex>
#include <string>

#include "emulator/command_place.hpp"
#include "emulator/context.hpp"

namespace sentimark::emulator {

struct ChildOptions {
  std::string folder;                  // made and removed here; the command sees it as /mnt/command
  std::string tools;                   // PATH
  std::string kubeconfig;              // copied to the command; may be empty
  std::string helm, kubectl;           // programs to find under these names; empty: as PATH has them
  std::chrono::milliseconds limit{0};  // run time; 0: none
  std::chrono::milliseconds delay{0};  // before the start
  std::chrono::milliseconds patience;  // how long runCommand waits for the start
  bool no_exec = false;                // the folder of the context refuses execution
};

// Runs /bin/sh -c COMMAND as its own user, in its own mount and PID namespaces, with nothing of our environment.
// Needs root and util-linux.
class CommandChild : public CommandPlace {
 public:
  CommandChild(std::string command, Files files, ChildOptions options);

  std::optional<Refusal> start(const Stop& stop) override;
  CommandOutcome wait(const Stop& stop) override;
  std::string so_far() const override;
  void remove(const Stop& hurry) override;

 private:
  std::string command_;
  Files files_;
  ChildOptions options_;
  std::chrono::steady_clock::time_point begun_;
  mutable std::mutex printing_;
  std::string logs_;
};

}  // namespace sentimark::emulator
