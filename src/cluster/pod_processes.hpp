// PodProcesses: the agent's children, each run in a command pod while the agent itself stays here.
//
// A call of the cluster is expensive, so with each command go those that the agent is going to ask next: they only
// read, and what they told is given once, unless something was written meanwhile.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "cluster/pod_batch.hpp"
#include "sys/sys.hpp"
#include "wire/job.hpp"

namespace sentimark::cluster {

class PodProcesses final : public sys::Processes {
 public:
  // Runs a batch in a new pod and returns its results. `lasts`: how long its commands may take.
  using Call = std::function<base::Result<std::vector<PodResult>>(const PodBatch& batch, base::Millis lasts)>;

  PodProcesses(const wire::Job& job, Call call) : job_(job), call_(std::move(call)) {}

  // Returns when the command has ended. Errors: "lost" when its guard was not won; what broke a call, and from then on
  // the same for every command: the agent must not decide on half of what it asked for.
  base::Result<sys::ProcessId> start(const sys::Command& command) override;
  sys::ProcessEvent wait_any(base::Instant deadline, const sys::Stop& stop) override;
  void signal(sys::ProcessId, sys::Signal) override {}
  void kill_all() override { events_.clear(); }

  // The first trouble with a call.
  const std::optional<base::Error>& trouble() const { return trouble_; }
  // Whether something was sent that may have changed the cluster.
  bool may_have_changed() const { return may_have_changed_; }

 private:
  struct Told {
    int exit_code = -1;
    bool stopped = false;
    std::string out;
    std::string err;
  };
  base::Result<Told> tell(const sys::Command& command);
  base::Result<Told> ask(const PodCommand& command, std::string guard);
  base::Result<std::string> rest_of(PodCommand command, const PodResult& first);
  void remember(const std::vector<PodCommand>& commands, const std::vector<PodResult>& results, std::size_t from,
                std::string previous);
  std::vector<PodCommand> foreseen(const PodCommand& command) const;
  PodGuard guard_of(std::string object) const;
  bool is_record(const std::vector<std::string>& argv) const;

  const wire::Job& job_;
  Call call_;
  std::map<std::string, Told> known_;
  std::vector<std::string> looked_;  // helm's question for the manifest of the last look
  bool may_have_changed_ = false;
  std::optional<base::Error> trouble_;
  sys::ProcessId last_ = 0;
  std::deque<sys::ProcessEvent> events_;
};

}  // namespace sentimark::cluster
