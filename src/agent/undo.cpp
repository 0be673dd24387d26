#include "agent/evidence.hpp"
#include "agent/work.hpp"

namespace sentimark::agent {
namespace {

using wire::FenceRecord;
using wire::FenceState;
using wire::Verdict;

base::Result<bool> store_end(Work& work, FenceState state, std::int64_t revision, const std::string& why) {
  return store(work, [&](FenceRecord& record) {
    record.state = state;
    if (revision > 0) record.revision = revision;
    if (!why.empty()) record.cause += (record.cause.empty() ? "" : "; ") + why;
    record.holder = {};
  });
}

// What explains the failure is gone once helm has undone it.
wire::Answer with_evidence(wire::Answer gathered, wire::Answer answer) {
  if (gathered.evidence.empty()) return answer;
  answer.evidence = std::move(gathered.evidence);
  answer.gathered = gathered.gathered;
  return answer;
}

wire::Answer evidence_before(Work& work) {
  wire::Answer answer;
  if (work.job.gather_for.count() > 0) gather_evidence(work, answer);
  return answer;
}

wire::Answer finish(Work& work, const HelmRun& run, const base::Result<bool>& stored) {
  wire::Answer answer = stored && work.fence.record()->state == FenceState::undoing ? settle(work) : recorded(work);
  if (!stored) answer.cause = stored.error().sentence();
  answer.helm_exit = run.finished.exit_code;
  answer.helm_output = told_by(run.finished);
  return answer;
}

std::string why(const HelmRun& run, bool well) {
  if (run.stopped) return "told to stop";
  return well ? "" : cause_of(run.finished);
}

// Nothing to go back to: the failed try stays as it is, and the record says so.
base::Error keep(Work& work, base::Error error) {
  (void)store_end(work, FenceState::failed, 0, {});
  return error;
}

}  // namespace

base::Result<wire::Answer> rollback(Work& work) {
  SENTIMARK_LET(claim, work.fence.claim_undo());
  if (claim != ClaimResult::held) return without_holding(work, claim);
  const auto history = work.helm.history();
  if (!history) return keep(work, history.error());
  const std::int64_t failed_revision = work.fence.record()->revision;
  const std::int64_t below =
      failed_revision > 0 ? failed_revision : (history->empty() ? 0 : history->back().revision + 1);
  std::int64_t target = 0;
  for (const HelmRevision& row : *history) {
    const bool whole = row.status == "deployed" || row.status == "superseded";
    for (const wire::GoodRevision& good : work.fence.record()->good) {
      if (whole && good.revision == row.revision && row.revision < below && row.revision > target)
        target = row.revision;
    }
  }
  if (target == 0) {
    return keep(work, base::fail(base::Outcome::kept, "no verified earlier revision of " + work.job.release + " exists",
                                 "deploy a corrected chart", "no-good-revision"));
  }
  wire::Answer evidence = evidence_before(work);
  work.sys.log.info("helm rollback " + work.job.release + " " + std::to_string(target));
  auto run = run_helm(work, work.helm.rollback_command(target));
  if (!run) return keep(work, std::move(run).error());
  if (run->lost) return finish(work, *run, true);
  const auto after = history_after_helm(work);
  // Not by its exit code: the last reply of the cluster may have been lost.
  const bool well = after && newest(*after) > newest(*history) && after->back().status == "deployed";
  const std::int64_t made = well ? after->back().revision : 0;
  const FenceState state = run->stopped ? FenceState::interrupted
                           : well       ? FenceState::undoing
                                        : FenceState::rollback_failed;
  return with_evidence(std::move(evidence), finish(work, *run, store_end(work, state, made, why(*run, well))));
}

base::Result<wire::Answer> uninstall(Work& work) {
  SENTIMARK_LET(claim, work.fence.claim_undo());
  if (claim != ClaimResult::held) return without_holding(work, claim);
  if (!work.fence.record()->good.empty()) {
    return keep(work, base::fail(base::Outcome::kept,
                                 "release " + work.job.release + " has verified revisions: it is not removed",
                                 "use on-failure: rollback", "not-first"));
  }
  wire::Answer evidence = evidence_before(work);
  work.sys.log.info("helm uninstall " + work.job.release);
  auto run = run_helm(work, work.helm.uninstall_command());
  if (!run) return keep(work, std::move(run).error());
  if (run->lost) return finish(work, *run, true);
  const bool well = run->finished.exit_code == 0;
  const FenceState state = run->stopped ? FenceState::interrupted
                           : well       ? FenceState::uninstalled
                                        : FenceState::rollback_failed;
  return with_evidence(std::move(evidence), finish(work, *run, store_end(work, state, 0, why(*run, well))));
}

}  // namespace sentimark::agent
