#include <algorithm>

#include "agent/evidence.hpp"
#include "agent/release_record.hpp"
#include "agent/work.hpp"
#include "base/text.hpp"

namespace sentimark::agent {
namespace {

constexpr base::Millis k_foreign_patience{600'000};

using wire::FenceRecord;
using wire::FenceState;
using wire::Verdict;

base::Done ensure_namespace(Work& work) {
  SENTIMARK_LET(present, work.kubectl.get("namespace", {}, work.job.namespace_name));
  if (!present.is_null()) return {};
  if (!work.job.create_namespace) {
    return base::fail(base::Outcome::config, "namespace " + work.job.namespace_name + " does not exist",
                      "create it, or set the input create-namespace to true", "namespace");
  }
  json::Value metadata = json::Value::object();
  metadata.set("name", work.job.namespace_name);
  json::Value object = json::Value::object();
  object.set("apiVersion", "v1");
  object.set("kind", "Namespace");
  object.set("metadata", std::move(metadata));
  auto created = work.kubectl.create(object);
  if (!created && created.error().code != "AlreadyExists") return std::move(created).error();
  return {};
}

const HelmRevision* deployed(const std::vector<HelmRevision>& history) {
  for (auto row = history.rbegin(); row != history.rend(); ++row) {
    if (row->status == "deployed") return &*row;
  }
  return nullptr;
}

const wire::GoodRevision* find_good(const FenceRecord& record, std::int64_t revision) {
  for (const wire::GoodRevision& good : record.good) {
    if (good.revision == revision) return &good;
  }
  return nullptr;
}

// What stands now is looked at before it is replaced: a revision that is healthy by our own eyes may be gone back to,
// and one that already is what was asked for needs no helm at all. True when nothing needs to be done.
base::Result<bool> look_before(Work& work, const std::vector<HelmRevision>& history) {
  const HelmRevision* standing = deployed(history);
  // Behind a newer revision that failed the live objects may be either's: their health would prove nothing.
  if (standing == nullptr || standing->revision != newest(history)) return false;
  auto sight = look(work, standing->revision);
  if (!sight || sight->judgement.verdict != kube::Verdict::healthy) return false;
  const wire::GoodRevision* known = find_good(*work.fence.record(), standing->revision);
  const bool same = known != nullptr && known->chart_sha256 == work.job.chart_sha256 &&
                    known->values_sha256 == work.job.values_sha256 && known->manifest_sha256 == sight->manifest_sha256;
  const std::int64_t revision = standing->revision;
  SENTIMARK_LET(
      stored, store(work, [&](FenceRecord& record) {
        if (find_good(record, revision) == nullptr) {
          wire::add_good(record, {revision, {}, {}, sight->manifest_sha256, base::to_rfc3339(work.sys.clock.wall())});
        }
        if (same) {
          record.state = FenceState::succeeded;
          record.revision = revision;
          record.holder = {};
        }
      }));
  return same && stored;
}

// A removal that helm did not bring to its end: helm upgrades nothing that is being removed. Helm does not tell since
// when, so anybody else's is left alone.
base::Result<HelmRun> remove_the_rest(Work& work) {
  if (!work.fence.record()->half_way) {
    return base::fail(base::Outcome::refused, "release " + work.job.release + " is being removed, and not by us",
                      "wait for the end of helm uninstall, or run it again by hand when nobody does", "uninstalling");
  }
  work.sys.log.info("release " + work.job.release + " was left half removed by a helm that is dead: removing the rest");
  SENTIMARK_LET(run, run_helm(work, work.helm.uninstall_command()));
  if (!run.lost && !run.stopped && run.finished.exit_code != 0)
    return base::fail(base::Outcome::remote,
                      "removing the rest of release " + work.job.release + ": " + cause_of(run.finished));
  return run;
}

void interrupted(FenceRecord& record) {
  record.state = FenceState::interrupted;
  record.cause = "told to stop while helm was running";
  record.holder = {};
}

base::Result<wire::Answer> upgrade(Work& work) {
  auto version = work.helm.version();
  if (!version) return give_up(work, std::move(version).error());
  auto before = work.helm.history();
  if (!before) return give_up(work, std::move(before).error());
  if (!before->empty() && before->back().is_pending()) {
    if (base::Done cleared = clear_pending(work, before->back()); !cleared)
      return give_up(work, std::move(cleared).error());
  }
  if (!before->empty() && before->back().is_uninstalling()) {
    auto removed = remove_the_rest(work);
    if (!removed) return give_up(work, std::move(removed).error());
    if (removed->stopped) (void)store(work, interrupted);
    if (removed->stopped || removed->lost) return with_helm(recorded(work), *removed, *version);
    before = work.helm.history();
    if (!before) return give_up(work, std::move(before).error());
  }
  // Helm had come to its end, and only the word of it died with an agent: not a second time.
  if (work.fence.record()->half_way && !before->empty() && work.helm.has_made(before->back())) {
    work.sys.log.info("revision " + std::to_string(newest(*before)) + " was made by a helm whose agent is dead");
    const auto stored = store(work, [&](FenceRecord& record) {
      record.state = FenceState::watching;
      record.revision = newest(*before);
      record.half_way = false;
      record.holder = {};
    });
    if (!stored) return stored.error();
    wire::Answer answer = settle(work);
    answer.helm_version = *version;
    return answer;
  }
  auto unchanged = look_before(work, *before);
  if (!unchanged) return give_up(work, std::move(unchanged).error());
  if (*unchanged) {
    wire::Answer answer = recorded(work);
    answer.unchanged = true;
    answer.helm_version = *version;
    return answer;
  }
  work.sys.log.info("helm " + *version + " upgrade --install " + work.job.release);
  auto run = run_helm(work, work.helm.upgrade_command(*version));
  if (!run) return give_up(work, std::move(run).error());
  if (run->lost) return with_helm(recorded(work), *run, *version);
  const auto after = history_after_helm(work);
  const std::int64_t made = after && newest(*after) > newest(*before) ? newest(*after) : 0;
  // Not by its exit code: the last reply of the cluster may have been lost.
  const bool well = made > 0 && after->back().status == "deployed";
  const auto stored = store(work, [&](FenceRecord& record) {
    record.state = run->stopped ? FenceState::interrupted : well ? FenceState::watching : FenceState::failed;
    record.revision = made;
    record.half_way = left_half_way(*run, after);
    record.holder = {};
    if (before->empty()) record.good.clear();  // numbers began again: what was good under them is gone
    if (run->stopped) {
      interrupted(record);
    } else if (!well) {
      record.cause = after ? cause_of(run->finished) : after.error().sentence();
    }
  });
  if (!stored) {
    wire::Answer answer = recorded(work);  // still `running`: what helm did is true, and the next look will tell
    answer.cause = stored.error().sentence();
    return with_helm(std::move(answer), *run, *version);
  }
  wire::Answer answer = with_helm(well && !run->stopped ? settle(work) : recorded(work), *run, *version);
  if (!well && !run->stopped) gather_evidence(work, answer);
  return answer;
}

}  // namespace

base::Done no_other_helm(const Work& work, const HelmRevision& pending) {
  const auto since = base::from_rfc3339(pending.updated);
  const base::Millis patience = std::max(work.job.helm_timeout, k_foreign_patience);
  if (work.fence.record()->half_way || (since && work.sys.clock.wall() >= *since + patience)) return {};
  return base::fail(base::Outcome::refused,
                    "revision " + std::to_string(pending.revision) + " of " + work.job.release + " is " +
                        pending.status + " since " + pending.updated + ", and not by us: another helm may be at work",
                    "wait for it to end, or run again after " + base::human_duration(patience), "pending");
}

base::Done clear_pending(Work& work, const HelmRevision& pending) {
  SENTIMARK_TRY(no_other_helm(work, pending));
  work.sys.log.info("revision " + std::to_string(pending.revision) + " was left " + pending.status +
                    " by a helm that is dead: setting it to failed");
  return mark_failed(work.kubectl, work.job, pending.revision);
}

base::Result<wire::Answer> deploy(Work& work) {
  SENTIMARK_TRY(ensure_namespace(work));
  const base::Instant began = work.sys.clock.monotonic();
  SENTIMARK_LET(claim, work.fence.claim_deploy());
  const base::Millis waited = work.sys.clock.monotonic() - began;
  switch (claim) {
    case ClaimResult::follow:
      return follow(work);
    case ClaimResult::answer:
    case ClaimResult::leave:
      return recorded(work);
    case ClaimResult::held:
      break;
  }
  auto answer = upgrade(work);
  if (answer) answer->waited = waited;
  return answer;
}

}  // namespace sentimark::agent
