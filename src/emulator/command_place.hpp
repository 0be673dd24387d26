// Where a command runs: a process of this machine or a pod of the cluster, behind one face.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "json/value.hpp"

namespace sentimark::emulator {

constexpr std::size_t log_limit = 512 * 1024;  // AKS cuts there, silently

struct CommandOutcome {
  bool finished = false;  // false: there is only a reason
  std::string reason;     // why it did not start, or how its place was lost
  int exit_code = 0;      // 128 + signal when a signal ended it
  std::string logs;       // standard output and error merged, at most log_limit bytes
};

// How runCommand itself is refused when the command's place is.
struct Refusal {
  std::string code, message;
};

// The 30 s rule: KubernetesPerformanceError in the service's own words.
inline Refusal not_started(const std::string& pod) {
  return {"KubernetesPerformanceError",
          "Failed to run command due to cluster perf issue, container " + pod +
              " in aks-command namespace did not start within 30s on your cluster, retry may helps. If issue persist, "
              "you may need to tune your cluster with better performance (larger node/paid tier)."};
}

class CommandPlace {
 public:
  using Stop = std::function<bool()>;

  virtual ~CommandPlace() = default;

  // Returns when the command runs, or when it is known that it never will: that is in the outcome or the refusal.
  virtual std::optional<Refusal> start(const Stop& stop) = 0;

  // Waits for the command's end; with stop() true, ends it and says that it was lost.
  virtual CommandOutcome wait(const Stop& stop) = 0;

  // What it has printed by now, where that can be told.
  virtual std::string so_far() const { return {}; }

  // Nothing of it stays behind. A place that was just lost may end in peace first, unless hurry().
  virtual void remove(const Stop& hurry) = 0;

  virtual json::Value facts() const { return {}; }  // for the journal
};

}  // namespace sentimark::emulator
