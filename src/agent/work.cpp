#include "agent/work.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "json/text.hpp"

namespace sentimark::agent {
namespace {

using wire::FenceState;
using wire::Verdict;

constexpr base::Millis k_beat{10'000};
constexpr base::Millis k_follow_look{2'000};
constexpr base::Millis k_helm_grace{10'000};    // of the 30 s that a pod has after SIGTERM
constexpr base::Millis k_over_timeout{60'000};  // helm ends by its own timeout; this is for a helm that hangs
constexpr int k_killed = 137;                   // 128 + SIGKILL
constexpr std::size_t k_output_told = 6'000;
constexpr std::size_t k_cause_told = 800;
constexpr int k_store_rounds = 10;
constexpr int k_history_rounds = 3;
constexpr base::Millis k_store_pause{1'000};  // after a call that failed: what helm has done must not be lost with it

Verdict verdict_of(const wire::FenceRecord& record) {
  switch (record.state) {
    case FenceState::running:
      return Verdict::running;
    case FenceState::undoing:
      return wire::is_held(record) ? Verdict::running : Verdict::progressing;
    case FenceState::watching:
      return Verdict::progressing;
    case FenceState::succeeded:
      return Verdict::healthy;
    case FenceState::failed:
      return record.revision == 0 ? Verdict::helm_failed : Verdict::doomed;
    case FenceState::rolled_back:
      return Verdict::rolled_back;
    case FenceState::uninstalled:
      return Verdict::uninstalled;
    case FenceState::rollback_failed:
      return Verdict::rollback_failed;
    default:
      return Verdict::interrupted;
  }
}

// Where helm is started by other hands, a pod that comes too late must not: the record goes with the command, and only
// who replaces it starts helm. Error with code "lost": somebody else replaced it first.
base::Result<sys::ProcessId> start_helm(Work& work, std::vector<std::string> argv) {
  std::string guard;
  if (work.job.reduced) guard = json::to_text(work.fence.guard());
  return work.children.start(std::move(argv), std::move(guard));
}

}  // namespace

wire::Answer recorded(const Work& work) {
  wire::Answer answer;
  const auto& record = work.fence.record();
  if (!record) {
    answer.cause = "the cluster holds no record of release " + work.job.release;
    return answer;
  }
  answer.operation = record->operation;
  answer.attempt = record->attempt;
  answer.order = record->order;
  answer.caller = record->caller;
  answer.run_url = record->run_url;
  answer.revision = record->revision;
  answer.cause = record->cause;
  answer.earlier_try = wire::earlier_try(*record, work.job.operation);
  const bool ours = record->operation == work.job.operation;
  if (!ours || record->attempt > work.job.attempt) {
    answer.verdict = Verdict::left;
    answer.cause = ours ? "try " + std::to_string(record->attempt) + " of this operation has taken its place"
                        : "another deploy of this release has taken its place";
    return answer;
  }
  if (record->attempt < work.job.attempt && answer.earlier_try >= work.job.attempt) {
    answer.verdict = Verdict::left;
    answer.cause = "this try was told to stop before it began";
    return answer;
  }
  answer.verdict = verdict_of(*record);
  if (const auto good = wire::good_before(*record, std::max<std::int64_t>(record->revision, 1)))
    answer.good_revision = good->revision;
  return answer;
}

base::Result<wire::Answer> follow(Work& work) {
  const base::Instant until = work.sys.clock.monotonic() + work.job.watch_for;
  for (;;) {
    SENTIMARK_TRY(work.fence.read());
    wire::Answer answer = recorded(work);
    const base::Instant now = work.sys.clock.monotonic();
    if (answer.verdict != Verdict::running || now >= until) return answer;
    if (!work.sys.clock.sleep_until(std::min(until, now + k_follow_look), work.sys.stop)) return answer;
  }
}

base::Result<HelmRun> run_helm(Work& work, std::vector<std::string> argv) {
  HelmRun run;
  run.stopped = work.fence.told_to_stop();
  run.lost = work.job.reduced && !work.fence.holds();
  if (run.stopped || run.lost) return run;
  const auto child = start_helm(work, std::move(argv));
  if (!child && child.error().code == k_lost) {
    run.lost = true;
    (void)work.fence.read();
    return run;
  }
  if (!child) return child.error();
  const base::Instant last = work.sys.clock.monotonic() + work.job.helm_timeout + k_over_timeout;
  for (;;) {
    const base::Instant now = work.sys.clock.monotonic();
    const Wait wait = work.children.wait(*child, std::min(last, now + k_beat), work.sys.stop);
    if (wait == Wait::ended) break;
    run.stopped = wait == Wait::stopped;
    run.lost = !run.stopped && !work.fence.beat();
    run.stopped = run.stopped || (!run.lost && work.fence.told_to_stop());
    if (run.stopped || run.lost || work.sys.clock.monotonic() >= last) {
      work.children.end(*child, k_helm_grace);
      break;
    }
  }
  const bool overdue = !run.stopped && !run.lost && work.sys.clock.monotonic() >= last;
  run.finished = work.children.take(*child);
  if (overdue) {
    run.finished.err += "\nError: helm did not end within " +
                        base::human_duration(work.job.helm_timeout + k_over_timeout) + " and was ended by us\n";
  } else if (run.finished.exit_code == k_killed && !run.stopped && !run.lost) {
    run.finished.err += "\nError: helm was killed before its end (exit code 137)\n";
  }
  // Other hands kept the hold meanwhile.
  if (work.job.reduced && work.fence.read()) run.lost = !work.fence.holds();
  run.stopped = run.stopped || (work.job.reduced && work.fence.told_to_stop());
  return run;
}

base::Result<std::vector<HelmRevision>> history_after_helm(Work& work) {
  for (int round = 1;; ++round) {
    auto history = work.helm.history();
    if (history || round == k_history_rounds) return history;
    (void)work.sys.clock.sleep_until(work.sys.clock.monotonic() + k_store_pause, work.sys.stop);
  }
}

bool left_half_way(const HelmRun& run, const base::Result<std::vector<HelmRevision>>& after) {
  if (after && run.finished.exit_code == 0) return false;
  return !after || (!after->empty() && (after->back().is_pending() || after->back().is_uninstalling()));
}

std::string told_by(const Finished& finished) {
  std::string text = base::to_valid_utf8(finished.out + finished.err);
  text = std::string(base::trim(text));
  if (text.size() <= k_output_told) return text;
  return base::to_valid_utf8("…\n" + text.substr(text.size() - k_output_told));
}

std::string cause_of(const Finished& finished) {
  const auto lines = base::lines_of(base::trim(base::to_valid_utf8(finished.err)));
  for (std::size_t last = lines.size(); last-- > 0;) {
    if (lines[last].rfind("Error: ", 0) != 0) continue;
    // Helm tells what the chart's schema refuses, and Helm 4 what a template meets, in the lines below.
    std::string cause = lines[last].substr(7);
    for (std::size_t more = last + 1; more < lines.size(); ++more) cause += " " + std::string(base::trim(lines[more]));
    return base::shorten(cause, k_cause_told);
  }
  if (!lines.empty()) return base::shorten(lines.back(), k_cause_told);
  return "helm ended with exit code " + std::to_string(finished.exit_code) + " and said nothing";
}

base::Result<bool> store(Work& work, const std::function<void(wire::FenceRecord&)>& change) {
  const std::optional<wire::FenceRecord> decided = work.fence.record();
  base::Result<bool> won = false;
  json::Value tried;
  for (int round = 0; round < k_store_rounds; ++round) {
    if (!won) (void)work.sys.clock.sleep_until(work.sys.clock.monotonic() + k_store_pause, work.sys.stop);
    if (base::Done seen; round > 0 && !(seen = work.fence.read())) {
      won = std::move(seen).error();
      continue;
    }
    const auto& record = work.fence.record();
    if (record && !won && wire::to_json(*record) == tried) return true;  // only its reply was lost
    if (!record || record->operation != work.job.operation || record->attempt != work.job.attempt) return false;
    // The change was decided on this state: a verdict on a rollout must not overwrite that it was undone meanwhile.
    if (record->state != decided->state || record->revision != decided->revision ||
        record->holder.token != decided->holder.token)
      return false;
    wire::FenceRecord next = *record;
    change(next);
    wire::end_if_told(next);
    won = work.fence.write(next);
    if (won && *won) return true;
    tried = wire::to_json(next);
  }
  return won;
}

wire::Answer with_helm(wire::Answer answer, const HelmRun& run, const std::string& version) {
  answer.helm_version = version;
  answer.helm_exit = run.finished.exit_code;
  answer.helm_output = told_by(run.finished);
  return answer;
}

base::Result<wire::Answer> without_holding(Work& work, ClaimResult claim) {
  if (claim == ClaimResult::follow) return follow(work);
  return recorded(work);
}

base::Error give_up(Work& work, base::Error error) {
  (void)store(work, [&](wire::FenceRecord& record) {
    record.state = wire::FenceState::failed;
    record.cause = error.sentence();
    record.holder = {};
  });
  return error;
}

}  // namespace sentimark::agent
