// RunCommandDoor: through Azure's runCommand, with no network path to the cluster. Where the cluster refuses to run the
// agent, in reduced mode from then on.
#pragma once
#include <optional>

#include "azure/arm.hpp"
#include "cluster/command_call.hpp"
#include "cluster/door.hpp"
#include "cluster/pod_batch.hpp"

namespace sentimark::cluster {

class RunCommandDoor final : public Door {
 public:
  // `wake`: a stopped cluster is started.
  RunCommandDoor(sys::Sys& sys, azure::Arm& arm, azure::Entra& entra, bool wake = false)
      : sys_(sys), arm_(arm), entra_(entra), wake_(wake) {}

  base::Done open(base::Instant deadline) override;
  base::Result<wire::Answer> run(wire::Job job, const std::vector<Payload>& payloads, base::Instant deadline) override;
  Costs costs() const override { return costs_; }
  std::string cluster_id() const override;
  bool outlives_us() const override { return true; }

 private:
  base::Result<base::Secret> cluster_token(base::Instant& deadline);
  base::Result<wire::Answer> run_once(const wire::Job& job, const std::vector<Payload>& payloads,
                                      const base::Secret& token, base::Instant deadline);
  // The same, and what does not fit is sent ahead in chunks once the pod's architecture is known or assumed.
  base::Result<wire::Answer> run_fitting(const wire::Job& job, const std::vector<Payload>& payloads,
                                         const base::Secret& token, base::Instant deadline);
  base::Result<wire::Answer> run_in_chunks(wire::Job job, const std::vector<Payload>& payloads, base::Instant deadline);
  // A call of reduced.sh. Returns what it printed.
  base::Result<std::string> run_script(const PodCall& call, base::Millis lasts);
  base::Result<wire::Answer> run_without_agent(wire::Job job, const std::vector<Payload>& payloads);
  struct Load {
    std::string command;
    std::string context;           // a ZIP
    std::uint64_t agent_size = 0;  // how much of it the agents are
  };
  // Posts a command and waits for its end.
  base::Result<azure::CommandState> carry(const Load& load, const base::Secret& token, base::Millis watch_for,
                                          base::Instant deadline);
  base::Error too_large(std::uint64_t size, std::uint64_t agent_size) const;
  base::Result<azure::CommandState> wait_for(const azure::Started& command, base::Instant planned_end,
                                             base::Instant deadline);
  sys::Sys& sys_;
  azure::Arm& arm_;
  azure::Entra& entra_;
  bool wake_;
  bool entra_cluster_ = false;
  std::string architecture_;  // of the pod, once an answer has told it
  Costs costs_;
  std::optional<base::Millis> transfer_left_;  // without a value there is no limit
};

// When to look for a result again, after `looks` of them: the service's wish (`asked`) is always kept and is enough for
// the first look; then every 2 s, and less often the longer it takes, until the call is planned to end. Pure.
base::Millis poll_wait(int looks, base::Millis since_start, base::Millis until_planned_end, base::Millis asked);

}  // namespace sentimark::cluster
