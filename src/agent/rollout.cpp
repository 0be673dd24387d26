#include <algorithm>
#include <iterator>

#include "agent/evidence.hpp"
#include "agent/work.hpp"
#include "base/text.hpp"
#include "digest/sha256.hpp"

namespace sentimark::agent {
namespace {

using wire::FenceRecord;
using wire::FenceState;
using wire::Verdict;

constexpr base::Millis k_look{2'000};
constexpr base::Millis k_beat{10'000};
constexpr int k_denials = 2;  // looks in a row that this identity may not have: no time will mend it
constexpr std::size_t k_objects_told = 200;
constexpr std::size_t k_text_told = 400;

void sort_out(kube::Snapshot& snapshot, json::Array items) {
  for (json::Value& item : items) {
    const std::string& kind = item["kind"].string_or_empty();
    if (kind == "Pod") {
      snapshot.pods.push_back(std::move(item));
    } else if (kind == "ReplicaSet") {
      snapshot.replica_sets.push_back(std::move(item));
    } else if (kind == "EndpointSlice") {
      snapshot.endpoint_slices.push_back(std::move(item));
    } else if (kind == "Event") {
      snapshot.events.push_back(std::move(item));
    } else if (kind == "Service" && snapshot.services) {
      snapshot.services->push_back(item["metadata"]["namespace"].string_or_empty() + "/" +
                                   item["metadata"]["name"].string_or_empty());
    }
  }
}

void tell_objects(wire::Answer& answer, const kube::Judgement& judgement) {
  answer.objects.clear();
  for (const kube::ObjectHealth& health : judgement.objects) {
    if (answer.objects.size() == k_objects_told) return;
    answer.objects.push_back({health.ref.kind, health.ref.name, std::string(kube::word_of(health.health)),
                              health.reason, base::shorten(health.message, k_text_told)});
  }
}

std::string unready(const kube::Judgement& judgement) {
  for (const kube::ObjectHealth& health : judgement.objects) {
    if (health.decides && health.health != kube::Health::current && health.health != kube::Health::suspended)
      return health.ref.text() + ": " + health.message;
  }
  return {};
}

// The revision that a rollback went to lends its digests to the new revision that repeats it.
wire::GoodRevision verified(const Work& work, const FenceRecord& record, const Sight& sight) {
  wire::GoodRevision good{record.revision, work.job.chart_sha256, work.job.values_sha256, sight.manifest_sha256,
                          base::to_rfc3339(work.sys.clock.wall())};
  if (record.state != FenceState::undoing) return good;
  good.chart_sha256.clear();
  good.values_sha256.clear();
  for (const wire::GoodRevision& other : record.good) {
    if (other.manifest_sha256 != sight.manifest_sha256) continue;
    good.chart_sha256 = other.chart_sha256;
    good.values_sha256 = other.values_sha256;
    break;
  }
  return good;
}

base::Result<bool> store_verdict(Work& work, const Sight& sight, bool healthy) {
  const kube::ObjectHealth* culprit = sight.judgement.culprit();
  return store(work, [&](FenceRecord& record) {
    if (healthy) {
      wire::add_good(record, verified(work, record, sight));
      record.state = record.state == FenceState::undoing ? FenceState::rolled_back : FenceState::succeeded;
    } else {
      record.state = record.state == FenceState::undoing ? FenceState::rollback_failed : FenceState::failed;
      if (culprit != nullptr) record.cause = culprit->message;
    }
    record.holder = {};
  });
}

bool awaits_verdict(const Work& work) {
  const auto& record = work.fence.record();
  return record && record->operation == work.job.operation && record->attempt == work.job.attempt &&
         (record->state == FenceState::watching || (record->state == FenceState::undoing && !wire::is_held(*record)));
}

}  // namespace

base::Result<View> view_of(Work& work, const std::string& manifest, bool with_services) {
  SENTIMARK_LET(found, work.kubectl.find(manifest, work.job.namespace_name));
  const std::string kinds = "pods,replicasets,endpointslices,events";
  const std::string asked = kinds + (with_services ? ",services" : "");
  SENTIMARK_LET(items, work.kubectl.list(asked, work.job.namespace_name));
  // What explains objects in other namespaces is looked at where this identity may.
  for (std::size_t other = 1; other < found.namespaces.size(); ++other) {
    auto more = work.kubectl.list(asked, found.namespaces[other]);
    if (more) std::move(more->begin(), more->end(), std::back_inserter(items));
  }
  View view;
  view.missing = std::move(found.missing);
  view.snapshot.objects = std::move(found.objects);
  if (with_services) view.snapshot.services.emplace();
  sort_out(view.snapshot, std::move(items));
  view.snapshot.now = work.sys.clock.wall();
  view.snapshot.memory = &work.sightings;
  return view;
}

base::Result<Sight> look(Work& work, std::int64_t revision) {
  SENTIMARK_LET(manifest, work.helm.manifest(revision));
  SENTIMARK_LET(view, view_of(work, manifest));
  Sight sight{kube::judge(view.snapshot), digest::sha256_hex(manifest)};
  for (const std::string& missing : view.missing) {
    sight.judgement.objects.push_back(
        {{"Object", {}, missing}, kube::Health::in_progress, "NotFound", "it does not exist", {}});
    if (sight.judgement.verdict == kube::Verdict::healthy) sight.judgement.verdict = kube::Verdict::progressing;
  }
  return sight;
}

wire::Answer settle(Work& work) {
  const base::Instant began = work.sys.clock.monotonic();
  const base::Instant until = began + work.job.watch_for;
  base::Instant next_beat = began + k_beat;
  std::string trouble;
  int denied = 0;
  kube::Judgement last;
  while (awaits_verdict(work)) {
    auto sight = look(work, work.fence.record()->revision);
    denied = !sight && sight.error().code == "Forbidden" ? denied + 1 : 0;
    if (sight) {
      last = sight->judgement;
      trouble = unready(last);
      if (last.verdict != kube::Verdict::progressing) {
        const bool healthy = last.verdict == kube::Verdict::healthy;
        const auto stored = store_verdict(work, *sight, healthy);
        if (!stored) trouble = stored.error().sentence();
        if (stored) break;
      }
    } else {
      trouble = sight.error().sentence();
    }
    const base::Instant now = work.sys.clock.monotonic();
    if (now >= until || denied == k_denials) break;
    if (now >= next_beat) {
      (void)work.fence.beat();
      next_beat = now + k_beat;
    }
    if (!work.sys.clock.sleep_until(std::min(until, now + k_look), work.sys.stop)) break;
  }
  wire::Answer answer = recorded(work);
  answer.looked = work.sys.clock.monotonic() - began;
  tell_objects(answer, last);
  if (answer.verdict == Verdict::progressing) answer.cause = trouble;
  if (answer.verdict == Verdict::progressing && denied == k_denials) {
    answer.kind = base::row_of(base::Outcome::auth).word;
    answer.cure = "give this identity the role it lacks, and run again: the release is joined as it stands";
  }
  if (const kube::ObjectHealth* culprit = last.culprit(); culprit != nullptr) answer.cure = culprit->cure;
  if (answer.verdict == Verdict::doomed) gather_evidence(work, answer);
  return answer;
}

base::Result<wire::Answer> watch(Work& work) {
  SENTIMARK_TRY(work.fence.read());
  if (!work.fence.record()) return recorded(work);
  const wire::Answer answer = recorded(work);
  if (answer.verdict == Verdict::running) return follow(work);
  if (answer.verdict == Verdict::progressing && work.fence.record()->attempt == work.job.attempt) return settle(work);
  return answer;
}

}  // namespace sentimark::agent
