// Children: the programs that the agent runs, several at a time, each with its bounded output.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sys/sys.hpp"

namespace sentimark::agent {

struct Finished {
  int exit_code = -1;
  std::string out;  // the first 64 MiB
  std::string err;  // the last 64 KiB
  bool cut = false;
};

enum class Wait { ended, deadline, stopped };

class Children {
 public:
  // Children get our whole environment: where kubectl and helm find the cluster is not ours to know.
  explicit Children(sys::Sys& sys);

  base::Result<sys::ProcessId> start(std::vector<std::string> argv, std::string input = {});

  // Collects the output of every child until this one ends, the deadline passes or a stop is asked.
  Wait wait(sys::ProcessId child, base::Instant deadline, const sys::Stop& stop);

  // What an ended child left, and forgets it.
  Finished take(sys::ProcessId child);

  // Starts a child and waits for it, whatever stop is asked: it is short and must be known to have ended.
  // Error: timeout (the child is killed), or what start returns.
  base::Result<Finished> run(std::vector<std::string> argv, std::string input, base::Millis timeout);

  // Asks it to end, kills it after `grace`, and returns when it is gone.
  void end(sys::ProcessId child, base::Millis grace);

 private:
  struct Running {
    Finished finished;
    bool ended = false;
  };
  void handle(const sys::ProcessEvent& event);
  sys::Sys& sys_;
  std::vector<std::pair<std::string, std::string>> env_;
  std::map<sys::ProcessId, Running> running_;
};

// For what must be finished although a stop was asked.
class NeverStop final : public sys::Stop {
 public:
  sys::StopKind kind() const override { return sys::StopKind::none; }
};

}  // namespace sentimark::agent
