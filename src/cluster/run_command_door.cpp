#include "cluster/run_command_door.hpp"

#include <algorithm>

#include "azure/arm_error.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "cluster/command_call.hpp"
#include "cluster/readiness.hpp"
#include "cluster/reduced_mode.hpp"
#include "cluster/transfer.hpp"
#include "pack/zip.hpp"

namespace sentimark::cluster {
namespace {

using base::Outcome;

constexpr base::Millis k_often{2'000};
constexpr base::Millis k_seldom{5'000};
constexpr base::Millis k_rarely{10'000};
constexpr base::Millis k_pod_start{10'000};      // a command's pod is up in seconds; a call is planned with this much
constexpr base::Millis k_token_reserve{60'000};  // a mutating call must end before its token does
constexpr base::Millis k_wake{20 * 60'000};      // a cluster starts in minutes: that is no part of a release's time
constexpr base::Millis k_no_limit{86'400'000};
constexpr int k_busy_tries = 3;  // one operation after another may hold the cluster
constexpr std::string_view k_too_large = "too-large";
constexpr std::string_view k_no_exec = "no-exec";
constexpr std::string_view k_usual = "amd64";  // what most node pools are, and the other one
constexpr std::string_view k_other = "arm64";
constexpr base::Millis k_reduced_job{3'600'000};  // from the first of a job's calls to the last
constexpr int k_not_executable = 126;
constexpr int k_not_found = 127;

bool may_not_execute(const azure::CommandState& state) {
  return state.succeeded && (state.exit_code == k_not_executable || state.exit_code == k_not_found);
}

base::Result<std::string> context_of(const std::vector<Payload>& files) {
  std::vector<pack::ZipEntry> entries;
  for (const Payload& file : files) entries.push_back({{file.name, file.bytes, false}, false, 0, 0});
  return pack::zip(std::move(entries));
}

base::Error not_run(const azure::CommandState& state) {
  if (may_not_execute(state)) {
    return base::fail(
        Outcome::refused,
        "the agent may not be executed in the command pod (exit code " + std::to_string(state.exit_code) + ")",
        "exempt the namespace aks-command from the rule that blocks programs which are not in the image",
        std::string(k_no_exec));
  }
  const std::string how = !state.reason.empty()  ? "Azure says " + state.reason
                          : state.exit_code >= 0 ? "it ended with exit code " + std::to_string(state.exit_code)
                                                 : "Azure says " + state.state;
  return base::fail(Outcome::unknown, "the command in the cluster left no whole answer: " + how,
                    "run the same job again: it finds out from the cluster and never runs helm twice", "no-answer");
}

}  // namespace

base::Millis poll_wait(int looks, base::Millis since_start, base::Millis until_planned_end, base::Millis asked) {
  if (looks == 0) return asked;
  const bool due = until_planned_end <= base::Millis{0};
  const base::Millis wait = due || since_start < base::Millis{20'000} ? k_often
                            : since_start < base::Millis{120'000}     ? k_seldom
                                                                      : k_rarely;
  return std::max(wait, asked);
}

base::Done RunCommandDoor::open(base::Instant deadline) {
  const base::Instant began = sys_.clock.monotonic();
  SENTIMARK_LET(cluster, ready(sys_, arm_, wake_, wake_ ? std::max(deadline, began + k_wake) : deadline));
  transfer_left_ = deadline - (wake_ ? began : sys_.clock.monotonic());
  entra_cluster_ = cluster.entra;
  return {};
}

std::string RunCommandDoor::cluster_id() const { return base::to_lower(arm_.id().path()); }

// A mutating call must end before its token does: the deadline moves, or a fresher token is fetched.
base::Result<base::Secret> RunCommandDoor::cluster_token(base::Instant& deadline) {
  if (!entra_cluster_) return base::Secret();
  const std::string scope(azure::k_aks_scope);
  SENTIMARK_LET(token, entra_.token(scope, deadline));
  const base::Millis left = token.expires_at - sys_.clock.monotonic();
  if (left <= k_token_reserve) {
    return base::fail(Outcome::auth, "the cluster's token lives only " + base::human_duration(left),
                      "let Entra issue tokens of at least ten minutes");
  }
  deadline = std::min(deadline, base::Instant{token.expires_at.since_start - k_token_reserve});
  return token.text;
}

// A call that is refused for its size was not started. The first one carries the agent for both architectures, so it
// may be sent again with one, and then with the large files sent ahead. Only the exit code of a command that ran to its
// end says that no agent may be executed: silence and kills leave open what was done.
base::Result<wire::Answer> RunCommandDoor::run(wire::Job job, const std::vector<Payload>& payloads,
                                               base::Instant deadline) {
  if (costs_.reduced) return run_without_agent(std::move(job), payloads);
  SENTIMARK_LET(token, cluster_token(deadline));
  job.in_pod = true;
  job.not_after = sys_.clock.wall() + std::max(base::Millis{1'000}, deadline - sys_.clock.monotonic());
  auto answer = run_fitting(job, payloads, token, deadline);
  if (!answer && answer.error().code == k_too_large && architecture_.empty()) {
    sys_.log.info(answer.error().what + ": sending the agent for amd64 only");
    architecture_ = k_usual;
    answer = run_fitting(job, payloads, token, deadline);
    if (!answer && answer.error().code == k_no_exec) {
      architecture_ = k_other;
      answer = run_fitting(job, payloads, token, deadline);
    }
  }
  if (answer || answer.error().code != k_no_exec) return answer;
  sys_.log.info("reduced mode: the cluster refused to run the agent: " + answer.error().what);
  costs_.reduced = true;
  return run_without_agent(std::move(job), payloads);
}

base::Result<wire::Answer> RunCommandDoor::run_fitting(const wire::Job& job, const std::vector<Payload>& payloads,
                                                       const base::Secret& token, base::Instant deadline) {
  auto answer = run_once(job, payloads, token, deadline);
  if (answer || answer.error().code != k_too_large || architecture_.empty()) return answer;
  const auto large = [](const Payload& file) { return file.bytes.size() > k_small_file; };
  if (std::none_of(payloads.begin(), payloads.end(), large)) return answer;
  return run_in_chunks(job, payloads, deadline);
}

// Half of what was refused may be taken, and half of that. The sizes are always the same, so that a chunk of the next
// call is one of this. A cluster that takes no more than an agent takes no deploy.
base::Result<wire::Answer> RunCommandDoor::run_in_chunks(wire::Job job, const std::vector<Payload>& payloads,
                                                         base::Instant deadline) {
  const base::Instant began = sys_.clock.monotonic();
  const base::Instant until = began + transfer_left_.value_or(k_no_limit);
  std::vector<Payload> ahead;
  std::vector<Payload> beside;
  for (const Payload& file : payloads) (file.bytes.size() > k_small_file ? ahead : beside).push_back(file);
  SENTIMARK_LET(rest, command_call(job, beside, architecture_));
  for (bool sent = false; !sent;) {
    if (rest.context.size() >= costs_.refused) return too_large(rest.context.size(), rest.agent_size);
    const std::uint64_t refused = costs_.refused;
    std::uint64_t most = k_chunk_limit;
    while (most > refused / 2) most /= 2;
    sys_.log.info("the call does not fit: sending the files ahead in parts of " + std::to_string(most) + " bytes");
    auto chunks = transfer(sys_, job, ahead, most, until,
                           [this](const PodCall& call, base::Millis lasts) { return run_script(call, lasts); });
    sent = chunks.ok();
    const bool smaller = !sent && chunks.error().code == k_too_large && costs_.refused < refused;
    if (!sent && !smaller) return std::move(chunks).error();
    if (sent) costs_.chunks = *chunks;
  }
  // What that took is no time of the release.
  const base::Millis spent = sys_.clock.monotonic() - began;
  costs_.transfer += spent;
  if (transfer_left_) *transfer_left_ -= spent;
  job.not_after = job.not_after + spent;
  deadline = deadline + spent;
  SENTIMARK_LET(token, cluster_token(deadline));
  auto answer = run_once(job, beside, token, deadline);
  if (answer) answer->waited += spent;
  return answer;
}

base::Result<std::string> RunCommandDoor::run_script(const PodCall& call, base::Millis lasts) {
  base::Instant deadline = sys_.clock.monotonic() + lasts;
  SENTIMARK_LET(token, cluster_token(deadline));
  SENTIMARK_LET(context, context_of(call.files));
  SENTIMARK_LET(state, carry({call.command(), std::move(context), 0}, token, base::Millis{0}, deadline));
  if (state.succeeded && !may_not_execute(state)) return state.logs;
  return not_run(state);
}

base::Result<wire::Answer> RunCommandDoor::run_without_agent(wire::Job job, const std::vector<Payload>& payloads) {
  // Each of its calls is given its own time: a pod for every question takes longer than one for all.
  job.not_after = sys_.clock.wall() + k_reduced_job;
  return run_reduced(sys_, std::move(job), payloads,
                     [this](const PodCall& call, base::Millis lasts) { return run_script(call, lasts); });
}

base::Result<azure::CommandState> RunCommandDoor::carry(const Load& load, const base::Secret& token,
                                                        base::Millis watch_for, base::Instant deadline) {
  const std::uint64_t size = load.context.size();
  // What is known not to fit is not sent again.
  if (costs_.refused > 0 && size >= costs_.refused) return too_large(size, load.agent_size);
  ++costs_.calls;
  costs_.bytes += size;
  auto started = arm_.run_command(load.command, load.context, token, deadline);
  for (int tries = 1; !started && azure::is_busy(started.error()) && tries < k_busy_tries; ++tries) {
    SENTIMARK_TRY(settle(sys_, arm_, deadline));
    started = arm_.run_command(load.command, load.context, token, deadline);
  }
  if (!started && started.error().code == k_too_large) {
    costs_.refused = size;
    return too_large(size, load.agent_size);
  }
  if (!started) return std::move(started).error();
  costs_.taken = std::max(costs_.taken, size);
  return wait_for(*started, sys_.clock.monotonic() + k_pod_start + watch_for, deadline);
}

base::Result<wire::Answer> RunCommandDoor::run_once(const wire::Job& job, const std::vector<Payload>& payloads,
                                                    const base::Secret& token, base::Instant deadline) {
  SENTIMARK_LET(call, command_call(job, payloads, architecture_));
  SENTIMARK_LET(state, carry({call.command, std::move(call.context), call.agent_size}, token, job.watch_for, deadline));
  if (!state.succeeded) {
    if (!state.logs.empty()) sys_.log.quote("what the command printed", state.logs);
    return not_run(state);
  }
  auto answer = answer_in(state.logs, call.parcel);
  if (!answer) {
    sys_.log.quote("what the command printed", state.logs);
    if (may_not_execute(state)) return not_run(state);
    return std::move(answer).error();
  }
  architecture_ = answer->architecture;
  return answer;
}

base::Error RunCommandDoor::too_large(std::uint64_t size, std::uint64_t agent_size) const {
  return base::fail(Outcome::refused,
                    "Azure takes no runCommand of this size: " + std::to_string(base::base64_size(size)) +
                        " bytes of context, of which " + std::to_string(base::base64_size(agent_size)) +
                        " are our own agent",
                    "make the chart smaller: --dry-run names its largest files", std::string(k_too_large));
}

base::Result<azure::CommandState> RunCommandDoor::wait_for(const azure::Started& command, base::Instant planned_end,
                                                           base::Instant deadline) {
  const base::Instant began = sys_.clock.monotonic();
  sys_.log.debug("command " + command.command_id);
  base::Millis asked = command.retry_after < base::Millis{0} ? k_often : command.retry_after;
  for (int looks = 0;; ++looks) {
    const base::Instant now = sys_.clock.monotonic();
    const base::Instant next = now + poll_wait(looks, now - began, planned_end - now, asked);
    if (next > deadline) break;
    if (!sys_.clock.sleep_until(next, sys_.stop)) {
      return base::fail(Outcome::interrupted,
                        "told to stop while command " + command.command_id + " runs in the cluster",
                        "run the same job again: it goes on where this one left", "detached");
    }
    auto state = arm_.result(command, deadline);
    if (!state) {
      base::Error error = std::move(state).error();
      if (error.kind == Outcome::interrupted || error.kind == Outcome::auth) return error;
      // The command runs whatever became of our question.
      return base::fail(Outcome::unknown, error.sentence(), error.cure, "no-answer");
    }
    if (state->ended) return state;
    asked = state->retry_after;
  }
  return base::fail(Outcome::unknown, "command " + command.command_id + " did not end in time",
                    "run the same job again: it finds out from the cluster and never runs helm twice", "no-answer");
}

}  // namespace sentimark::cluster
