// Child mode: the command as a confined process of this machine, the fast stand-in for the command pod.
#pragma once
#include <functional>
#include <string>

#include "emulator/context.hpp"

namespace sentimark::emulator {

struct CommandOutcome {
  bool started = false;
  std::string reason;  // why it did not start
  int exit_code = 0;   // 128 + signal when a signal ended it
  std::string logs;    // standard output and error merged, cut after 512 kB as AKS does, silently
};

struct ChildOptions {
  std::string folder;      // made and removed here; the command's working directory lies in it
  std::string tools;       // PATH
  std::string kubeconfig;  // copied to the child; may be empty
};

// Runs /bin/sh -c COMMAND as its own user, in its own mount and PID namespaces, with nothing of our environment.
// Needs root. Ends the command early when stop() says so.
CommandOutcome run_child(const std::string& command, const Files& files, const ChildOptions& options,
                         const std::function<bool()>& stop);

}  // namespace sentimark::emulator
