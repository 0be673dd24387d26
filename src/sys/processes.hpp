// Processes: children by argument vector, never by shell; their output streams in as events.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "sys/stop.hpp"

namespace sentimark::sys {

struct Command {
  std::vector<std::string> argv;                         // argv[0] is a path, or a name looked up in PATH of `env`
  std::vector<std::pair<std::string, std::string>> env;  // the whole environment of the child
  std::string input;                                     // standard input, closed after it
  std::string directory;                                 // working directory; empty = ours
};

using ProcessId = std::uint64_t;  // of this run, never reused; not the system's pid

struct ProcessEvent {
  enum class Kind {
    output,    // `text` came on standard output
    error,     // `text` came on standard error
    exited,    // `exit_code` is set (128 + signal when killed); the last event of that process
    deadline,  // nothing happened before the deadline
    stopped,   // a stop was requested and nothing else is ready
  };
  Kind kind = Kind::deadline;
  ProcessId process = 0;
  std::string text;
  int exit_code = -1;
};

enum class Signal { interrupt, terminate, kill };

class Processes {
 public:
  virtual ~Processes() = default;
  // Error: config with code "not-found" or "not-executable", naming the program.
  virtual base::Result<ProcessId> start(const Command& command) = 0;
  // The next event of any running child. A pending event wins over the deadline, and the deadline over a stop.
  virtual ProcessEvent wait_any(base::Instant deadline, const Stop& stop) = 0;
  virtual void signal(ProcessId process, Signal signal) = 0;  // a finished process is no error
  // Ends every child that still runs and forgets it.
  virtual void kill_all() = 0;
};

}  // namespace sentimark::sys
