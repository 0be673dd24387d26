// Health of a release that stands: judged where it runs, waited for, and soaked. Reads only, and takes no fence.
//
// The answer's verdict is healthy (all is as it should be, and has stayed so for the soak), doomed (no waiting mends
// it, or something moved that must not), or progressing, with what is missing as the cause. Its details:
//   {"revision", "total", "objects": [kube::to_json(ObjectHealth)], "drift": [kube::to_json(Drift)],
//    "soak": {"lastedMs", "moved": [kube::to_json(Movement)]}, "cursor"}
// The cursor goes into the next job: {"revision", "sightings", "soak"}.
#include <algorithm>

#include "agent/work.hpp"
#include "base/text.hpp"
#include "json/text.hpp"
#include "kube/custom_kinds.hpp"
#include "kube/drift.hpp"
#include "kube/health_json.hpp"
#include "kube/soak.hpp"

namespace sentimark::agent {
namespace {

using base::Outcome;
using kube::Health;
using kube::ObjectHealth;
using wire::Verdict;

constexpr base::Millis k_look{2'000};
constexpr base::Millis k_soak_look{5'000};
constexpr std::size_t k_objects_bytes = 180'000;  // of the answer's 350 kB
constexpr std::size_t k_sightings_bytes = 24'000;
constexpr std::size_t k_text_told = 400;
constexpr std::size_t k_moves_told = 40;
constexpr std::size_t k_drifts_told = 100;
constexpr std::uint64_t k_payload_limit = std::uint64_t{16} << 20U;

struct Release {
  std::int64_t revision = 0;
  std::string status;
  std::string description;
  bool at_work() const { return status.starts_with("pending-") || status == "uninstalling"; }
};

base::Result<Release> newest(Work& work) {
  SENTIMARK_LET(rows, work.helm.history_rows());
  if (rows.items().empty())
    return base::fail(Outcome::refused,
                      "helm knows no release " + work.job.release + " in namespace " + work.job.namespace_name,
                      "correct release and namespace, or deploy it first", "no-release");
  const json::Value& row = rows.items().back();
  return Release{row["revision"].int_or(0), row["status"].string_or_empty(), row["description"].string_or_empty()};
}

// What helm itself says of the release, where it is not simply deployed.
std::optional<ObjectHealth> said_by_helm(const Work& work, const Release& release) {
  const kube::ObjectRef ref{"Release", work.job.namespace_name, work.job.release};
  const std::string revision = "revision " + std::to_string(release.revision);
  if (release.at_work())
    return ObjectHealth{
        ref, Health::in_progress, "HelmAtWork", "helm is at work on " + revision + ": " + release.status, {}};
  if (release.status == "failed")
    return ObjectHealth{
        ref, Health::failed, "HelmFailed",
        "helm says that " + revision + " has failed: " + base::shorten(release.description, k_text_told),
        "look at what helm said, and deploy it again"};
  if (release.status == "uninstalled")
    return ObjectHealth{ref, Health::failed, "Uninstalled", "the release was uninstalled", "deploy it again"};
  return std::nullopt;
}

// The payload of this name; null when the job has none.
base::Result<json::Value> payload(Work& work, std::string_view name) {
  for (const wire::JobFile& file : work.job.files) {
    if (file.name != name) continue;
    SENTIMARK_LET(text, work.sys.files.read(file.name, k_payload_limit));
    return json::parse(text);
  }
  return json::Value();
}

class HealthJob {
 public:
  explicit HealthJob(Work& work) : work_(work) {}

  base::Result<wire::Answer> run() {
    SENTIMARK_TRY(prepare());
    const base::Instant until = work_.sys.clock.monotonic() + work_.job.watch_for;
    for (;;) {
      base::Done looked = look();
      const base::Instant now = work_.sys.clock.monotonic();
      if (verdict_ != Verdict::progressing) break;
      if (now >= until) {
        if (!looked && !seen_) return std::move(looked).error();
        break;
      }
      if (!work_.sys.clock.sleep_until(next_look(now, until), work_.sys.stop)) break;
    }
    return answer();
  }

 private:
  base::Done prepare() {
    SENTIMARK_LET(kinds, payload(work_, wire::k_kinds_file));
    if (!kinds.is_null()) {
      SENTIMARK_LET(custom, kube::CustomKinds::from_json(kinds));
      custom_ = std::move(custom);
    }
    SENTIMARK_LET(intent, payload(work_, wire::k_intent_file));
    intent_ = std::move(intent);
    const json::Value& cursor = work_.job.cursor;
    SENTIMARK_LET(sightings, kube::Sightings::from_json(cursor["sightings"]));
    work_.sightings = std::move(sightings);
    SENTIMARK_LET(soak, kube::Soak::from_json(cursor["soak"]));
    soak_ = std::move(soak);
    SENTIMARK_TRY(take(cursor["revision"].int_or(0)));
    // Only for a warning: an identity that may not see nodes is none the worse.
    if (auto nodes = work_.kubectl.list("nodes", work_.job.namespace_name)) nodes_ = std::move(nodes).value();
    return {};
  }

  // The newest revision and its manifest. What was soaked before it says nothing of it.
  base::Done take(std::int64_t known) {
    SENTIMARK_LET(release, newest(work_));
    if (known != 0 && known != release.revision) {
      soak_.forget();
      note({"revision " + std::to_string(release.revision) + " came", false});
    }
    release_ = std::move(release);
    SENTIMARK_LET(manifest, work_.helm.manifest(release_.revision));
    manifest_ = std::move(manifest);
    if (auto written = work_.kubectl.as_json(manifest_)) written_ = std::move(written).value();
    return {};
  }

  base::Done look() {
    auto viewed = view_of(work_, manifest_, true);
    if (!viewed) {
      cause_ = viewed.error().sentence();
      return std::move(viewed).error();
    }
    seen_ = true;
    view_ = std::move(viewed).value();
    view_.snapshot.nodes = nodes_;
    view_.snapshot.custom = custom_ ? &*custom_ : nullptr;
    judgement_ = kube::judge(view_.snapshot, kube::Scope::release);
    add_missing();
    if (auto said = said_by_helm(work_, release_))
      judgement_.objects.insert(judgement_.objects.begin(), *std::move(said));
    return decide();
  }

  // An object of the manifest that is gone was taken away after helm had made it. Only a Job goes by itself.
  void add_missing() {
    for (const std::string& words : view_.missing) {
      const bool job = words.starts_with("jobs.batch ");
      const std::size_t open = words.find('"');
      const std::size_t close = words.find('"', open == std::string::npos ? open : open + 1);
      ObjectHealth health;
      health.ref = {words.substr(0, words.find(' ')), work_.job.namespace_name,
                    close == std::string::npos ? words : words.substr(open + 1, close - open - 1)};
      for (const json::Value& object : written_) name(health.ref, object);
      health.reason = "NotFound";
      health.message = job ? "it is gone, as a Job goes that has a ttlSecondsAfterFinished"
                           : health.ref.text() + " of the release does not exist";
      if (job) health.warning = "nobody can say how it ended";
      if (!job) health.cure = "deploy the release again";
      health.health = job ? Health::current : release_.at_work() ? Health::in_progress : Health::failed;
      judgement_.objects.push_back(std::move(health));
    }
  }

  // "deployments.apps" by the kind that the manifest writes.
  static void name(kube::ObjectRef& ref, const json::Value& object) {
    const std::string& kind = object["kind"].string_or_empty();
    const std::string plural = ref.kind.substr(0, ref.kind.find('.'));
    if (object["metadata"]["name"].string_or_empty() == ref.name && !kind.empty() &&
        plural.starts_with(base::to_lower(kind).substr(0, kind.size() - 1)))
      ref.kind = kind;
  }

  static bool is_well(const ObjectHealth& health) {
    return health.health == Health::current || health.health == Health::suspended;
  }

  base::Done decide() {
    cause_.clear();
    cure_.clear();
    if (const ObjectHealth* culprit = judgement_.culprit(); culprit != nullptr) {
      cause_ = culprit->message;
      cure_ = culprit->cure;
      verdict_ = Verdict::doomed;
      return {};
    }
    const auto open = std::find_if(judgement_.objects.begin(), judgement_.objects.end(),
                                   [](const ObjectHealth& one) { return !is_well(one); });
    const bool well = open == judgement_.objects.end();
    if (!well) cause_ = open->ref.text() + ": " + (open->message.empty() ? open->reason : open->message);
    if (soak_.has_begun()) {
      std::vector<kube::Movement> moved = soak_.moved(view_.snapshot);
      if (!moved.empty() && moved.front().breaks) {
        cause_ = moved.front().what;
        cure_ = "read the log of its last run, and look at its limits and probes";
        verdict_ = Verdict::doomed;
      }
      const bool still = moved.empty() && well;
      if (!well && moved.empty()) moved.push_back({cause_, false});
      for (kube::Movement& one : moved) note(std::move(one));
      if (verdict_ == Verdict::doomed) return {};
      if (!still) soak_.forget();
    }
    if (!well) return {};
    if (work_.job.soak.count() > 0 && !soak_.has_begun()) soak_.begin(view_.snapshot, work_.sys.clock.wall());
    if (work_.job.soak.count() > 0 && soaked() < work_.job.soak) {
      cause_ = "healthy for " + base::human_duration(soaked()) + " of " + base::human_duration(work_.job.soak);
      return {};
    }
    return conclude();
  }

  // Whoever deployed meanwhile has made another release of it.
  base::Done conclude() {
    SENTIMARK_LET(now, newest(work_));
    if (now.revision == release_.revision && now.status == release_.status) {
      verdict_ = Verdict::healthy;
      return {};
    }
    return take(release_.revision);
  }

  base::Millis soaked() const { return soak_.lasted(work_.sys.clock.wall()); }

  base::Instant next_look(base::Instant now, base::Instant until) const {
    if (!soak_.has_begun()) return std::min(until, now + k_look);
    const base::Millis left = std::max(base::Millis{100}, work_.job.soak - soaked());
    return std::min(until, now + std::min(k_soak_look, left));
  }

  void note(kube::Movement movement) {
    const bool known =
        std::any_of(moved_.begin(), moved_.end(), [&](const kube::Movement& one) { return one.what == movement.what; });
    if (!known && moved_.size() < k_moves_told) moved_.push_back(std::move(movement));
  }

  // In the order of the manifest; where not all can be told, those that are well are left out first.
  json::Value objects() const {
    std::vector<json::Value> rows(judgement_.objects.size());
    std::size_t bytes = 0;
    for (const bool well : {false, true}) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (is_well(judgement_.objects[i]) != well) continue;
        ObjectHealth told = judgement_.objects[i];
        for (std::string* text : {&told.message, &told.warning, &told.cure}) *text = base::shorten(*text, k_text_told);
        json::Value row = kube::to_json(told);
        bytes += json::to_text(row).size();
        if (bytes > k_objects_bytes) break;
        rows[i] = std::move(row);
      }
    }
    json::Value told = json::Value::array();
    for (json::Value& row : rows) {
      if (!row.is_null()) told.push(std::move(row));
    }
    return told;
  }

  json::Value cursor() const {
    json::Value sightings = work_.sightings.to_json();
    if (json::to_text(sightings).size() > k_sightings_bytes) sightings = json::Value::object();
    return json::Object{
        {"revision", release_.revision}, {"sightings", std::move(sightings)}, {"soak", soak_.to_json()}};
  }

  json::Value drifts() const {
    json::Value told = json::Value::array();
    if (!work_.job.drift) return told;
    const bool intended = intent_.is_array();
    const auto found = kube::drift(written_, view_.snapshot, intended ? &intent_.items() : nullptr);
    for (std::size_t i = 0; i < std::min(found.size(), k_drifts_told); ++i) told.push(kube::to_json(found[i]));
    return told;
  }

  wire::Answer answer() const {
    wire::Answer told;
    told.verdict = verdict_;
    told.cause = cause_;
    told.cure = cure_;
    told.revision = release_.revision;
    json::Value moved = json::Value::array();
    for (const kube::Movement& movement : moved_) moved.push(kube::to_json(movement));
    told.details =
        json::Object{{"revision", release_.revision},
                     {"total", static_cast<std::int64_t>(judgement_.objects.size())},
                     {"objects", objects()},
                     {"drift", drifts()},
                     {"soak", json::Object{{"lastedMs", std::int64_t{soaked().count()}}, {"moved", std::move(moved)}}},
                     {"cursor", cursor()}};
    return told;
  }

  Work& work_;
  std::optional<kube::CustomKinds> custom_;
  json::Value intent_;
  json::Array nodes_;
  Release release_;
  std::string manifest_;
  json::Array written_;  // the manifest's objects; none when kubectl cannot read them
  View view_;
  kube::Judgement judgement_;
  kube::Soak soak_;
  std::vector<kube::Movement> moved_;
  Verdict verdict_ = Verdict::progressing;
  std::string cause_;
  std::string cure_;
  bool seen_ = false;
};

}  // namespace

base::Result<wire::Answer> health(Work& work) { return HealthJob(work).run(); }

}  // namespace sentimark::agent
