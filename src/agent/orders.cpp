// What a person orders: a look, a rollback to a revision, a removal, a stop, a hold taken away. The same fence decides.
#include <algorithm>

#include "agent/work.hpp"
#include "base/text.hpp"

namespace sentimark::agent {
namespace {

using base::Outcome;
using wire::FenceRecord;
using wire::FenceState;

std::string known(const std::vector<HelmRevision>& history) {
  std::vector<std::string> rows;
  for (const HelmRevision& row : history) rows.push_back(std::to_string(row.revision) + " " + row.status);
  return base::join(rows, ", ");
}

// The revision that was ordered, or the newest verified one below what stands now.
base::Result<std::int64_t> target_of(const Work& work, const std::vector<HelmRevision>& history) {
  if (history.empty())
    return base::fail(Outcome::refused, "there is no release " + work.job.release + " to roll back",
                      "look at 'status' for what stands there", "no-release");
  const std::int64_t ordered = work.job.to_revision;
  std::int64_t target = 0;
  for (const HelmRevision& row : history) {
    if (ordered > 0 && row.revision == ordered && !row.is_pending()) target = ordered;
    if (ordered > 0 || row.revision >= history.back().revision) continue;
    if (row.status != "deployed" && row.status != "superseded") continue;
    if (!work.fence.record()) continue;
    for (const wire::GoodRevision& good : work.fence.record()->good) {
      if (good.revision == row.revision) target = std::max(target, row.revision);
    }
  }
  if (target > 0) return target;
  if (ordered > 0)
    return base::fail(Outcome::refused,
                      "revision " + std::to_string(ordered) + " of " + work.job.release +
                          " cannot be rolled back to; helm keeps " + known(history),
                      "name one of these", "no-revision");
  return base::fail(Outcome::refused,
                    "no revision of " + work.job.release + " below " + std::to_string(history.back().revision) +
                        " is verified; helm keeps " + known(history),
                    "name a revision that you know to be good", "no-good-revision");
}

// What stood at a revision lends its digests to the new one that repeats it.
wire::GoodRevision digests_of(const FenceRecord& record, std::int64_t revision) {
  for (const wire::GoodRevision& good : record.good) {
    if (good.revision == revision) return good;
  }
  return {};
}

}  // namespace

base::Result<wire::Answer> status(Work& work) {
  SENTIMARK_TRY(work.fence.read());
  if (work.job.take_hold && work.fence.record() && !wire::is_final(work.fence.record()->state)) {
    FenceRecord freed = *work.fence.record();
    freed.state = FenceState::abandoned;
    freed.holder = {};
    freed.heartbeat += 1;
    freed.cause = "its hold was taken away by force" + (work.job.run_url.empty() ? "" : ", by " + work.job.run_url) +
                  " at " + base::to_rfc3339(work.sys.clock.wall());
    SENTIMARK_LET(won, work.fence.write(freed));
    if (!won)
      return base::fail(Outcome::refused, "the record of " + work.job.release + " changed meanwhile: it is alive",
                        "look again", "alive");
  }
  SENTIMARK_LET(rows, work.helm.history_rows());
  wire::Answer answer;
  answer.verdict = wire::Verdict::left;
  const auto& record = work.fence.record();
  if (record) {
    answer.operation = record->operation;
    answer.attempt = record->attempt;
    answer.order = record->order;
  }
  answer.details = json::Value::object();
  answer.details.set("record", record ? wire::to_json(*record) : json::Value());
  answer.details.set("history", std::move(rows));
  return answer;
}

base::Result<wire::Answer> revert(Work& work) {
  // What cannot be done is refused before the record says that anything was begun.
  SENTIMARK_TRY(work.fence.read());
  if (!work.fence.record() || work.fence.record()->operation != work.job.operation) {
    SENTIMARK_LET(history, work.helm.history());
    SENTIMARK_LET(possible, target_of(work, history));
    work.sys.log.info("the target is revision " + std::to_string(possible));
  }
  SENTIMARK_LET(claim, work.fence.claim_deploy());
  if (claim != ClaimResult::held) return without_holding(work, claim);
  const auto before = work.helm.history();
  if (!before) return give_up(work, before.error());
  if (!before->empty() && before->back().is_pending()) {
    if (base::Done cleared = clear_pending(work, before->back()); !cleared)
      return give_up(work, std::move(cleared).error());
  }
  const auto target = target_of(work, *before);
  if (!target) return give_up(work, target.error());
  work.sys.log.info("helm rollback " + work.job.release + " " + std::to_string(*target));
  auto run = run_helm(work, work.helm.rollback_command(*target));
  if (!run) return give_up(work, std::move(run).error());
  if (run->lost) return with_helm(recorded(work), *run);
  const auto after = history_after_helm(work);
  const bool made = after && !after->empty() && after->back().revision > before->back().revision;
  const bool well = made && run->finished.exit_code == 0;
  const auto stored = store(work, [&](FenceRecord& record) {
    record.state = run->stopped ? FenceState::interrupted : well ? FenceState::watching : FenceState::failed;
    record.revision = made ? after->back().revision : 0;
    record.half_way = left_half_way(*run, after);
    record.holder = {};
    if (run->stopped) {
      record.cause = "told to stop while helm was running";
    } else if (!well) {
      record.cause = after ? cause_of(run->finished) : after.error().sentence();
    }
  });
  wire::Answer answer = stored && well && !run->stopped ? settle(work) : recorded(work);
  if (!stored) answer.cause = stored.error().sentence();
  if (answer.verdict == wire::Verdict::healthy) {
    const wire::GoodRevision lent = digests_of(*work.fence.record(), *target);
    (void)store(work, [&](FenceRecord& record) {
      for (wire::GoodRevision& good : record.good) {
        if (good.revision != record.revision) continue;
        good.chart_sha256 = lent.chart_sha256;
        good.values_sha256 = lent.values_sha256;
      }
    });
  }
  answer.good_revision = *target;
  return with_helm(std::move(answer), *run);
}

base::Result<wire::Answer> stop(Work& work) {
  SENTIMARK_TRY(work.fence.stop());
  return follow(work);
}

base::Result<wire::Answer> remove(Work& work) {
  SENTIMARK_LET(claim, work.fence.claim_deploy());
  if (claim != ClaimResult::held) return without_holding(work, claim);
  const auto history = work.helm.history();
  if (!history) return give_up(work, history.error());
  const auto gone = [](FenceRecord& record) {
    record.state = FenceState::uninstalled;
    record.revision = 0;
    record.half_way = false;
    record.good.clear();  // numbers begin again with the next install
    record.holder = {};
  };
  if (history->empty()) {
    if (const auto stored = store(work, gone); !stored) return stored.error();
    wire::Answer answer = recorded(work);
    answer.unchanged = true;
    return answer;
  }
  if (history->back().is_pending()) {
    if (base::Done ours = no_other_helm(work, history->back()); !ours) return give_up(work, std::move(ours).error());
  }
  work.sys.log.info("helm uninstall " + work.job.release);
  auto run = run_helm(work, work.helm.uninstall_command());
  if (!run) return give_up(work, std::move(run).error());
  if (run->lost) return with_helm(recorded(work), *run);
  const bool well = run->finished.exit_code == 0 && !run->stopped;
  const bool half_way = !well && left_half_way(*run, work.helm.history());
  const auto stored = store(work, [&](FenceRecord& record) {
    if (well) return gone(record);
    record.half_way = record.half_way || half_way;
    record.state = run->stopped ? FenceState::interrupted : FenceState::failed;
    record.revision = 0;
    record.cause = run->stopped ? "told to stop while helm was running" : cause_of(run->finished);
    record.holder = {};
  });
  wire::Answer answer = recorded(work);
  if (!stored) answer.cause = stored.error().sentence();
  return with_helm(std::move(answer), *run);
}

}  // namespace sentimark::agent
