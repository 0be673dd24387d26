#include "verify/live_health.hpp"

#include <algorithm>
#include <array>

#include "access/connection.hpp"
#include "base/text.hpp"
#include "cluster/answers.hpp"
#include "json/text.hpp"
#include "kube/health_json.hpp"
#include "kube/pod_template.hpp"
#include "runner/workflow.hpp"
#include "verify/health.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;
using wire::Answer;
using wire::Verdict;

constexpr std::array<base::Millis, 4> k_looks{base::Millis{30'000}, base::Millis{15'000}, base::Millis{30'000},
                                              base::Millis{60'000}};
constexpr base::Millis k_longest_look{120'000};  // a soak that fits into one call is not cut in two
constexpr base::Millis k_shortest{1'000};
constexpr std::size_t k_moves_told = 100;

class LiveHealth {
 public:
  LiveHealth(sys::Sys& sys, cluster::Door& door, const runner::Inputs& inputs)
      : sys_(sys), door_(door), inputs_(inputs) {}

  base::Result<HealthReport> run(const LookInputs& look) {
    SENTIMARK_TRY(prepare(look));
    const base::Instant began = sys_.clock.monotonic();
    const base::Instant until = began + timeout_ + job_.soak;
    SENTIMARK_TRY(door_.open(until));
    Answer answer;
    for (std::size_t i = 0;; ++i) {
      SENTIMARK_LET(told, ask(span_of(i, until)));
      answer = std::move(told);
      take(answer);
      if (answer.verdict != Verdict::progressing) break;
      if (sys_.stop.requested())
        return base::fail(Outcome::interrupted, "told to stop before there was a verdict", "run it again");
      if (sys_.clock.monotonic() >= until) break;
      sys_.log.info(base::human_duration(sys_.clock.monotonic() - began) + "  " + answer.cause);
    }
    return report_of(answer);
  }

 private:
  base::Done prepare(const LookInputs& look) {
    const std::string release = inputs_.get("release");
    const std::string space = inputs_.get("namespace");
    SENTIMARK_TRY(access::check_release("release", release));
    SENTIMARK_TRY(access::check_namespace("namespace", space));
    SENTIMARK_LET(timeout, access::time_span(inputs_, "timeout", k_shortest));
    timeout_ = timeout;
    job_.soak = look.soak;
    job_.drift = look.drift;
    job_.kind = wire::JobKind::health;
    job_.operation = look.operation;
    job_.caller = sys::random_id(sys_.random);
    job_.release = release;
    job_.namespace_name = space;
    job_.helm = inputs_.get("helm");
    job_.kubectl = inputs_.get("kubectl");
    job_.run_url = runner::run_url(sys_.env);
    SENTIMARK_LET(kinds, read_kinds(sys_, inputs_));
    if (!kinds.is_null()) payloads_.push_back({std::string(wire::k_kinds_file), json::to_text(kinds)});
    if (!look.drift || look.intent.is_null()) return {};
    payloads_.push_back({std::string(wire::k_intent_file), json::to_text(look.intent)});
    return {};
  }

  base::Millis span_of(std::size_t look, base::Instant until) const {
    const base::Millis usual = k_looks[std::min(look, k_looks.size() - 1)];
    const base::Millis left = std::max(base::Millis{0}, until - sys_.clock.monotonic());
    const base::Millis soak = job_.soak.count() == 0 ? base::Millis{0} : job_.soak - soaked_ + base::Millis{5'000};
    return std::min(left, std::max(usual, std::min(soak, k_longest_look)));
  }

  base::Result<Answer> ask(base::Millis watch_for) {
    for (int tries = 1;; ++tries) {
      wire::Job job = job_;
      job.watch_for = watch_for;
      auto answer = door_.run(std::move(job), payloads_, sys_.clock.monotonic() + cluster::k_call_reserve + watch_for);
      if (answer && answer->verdict == Verdict::refused) return cluster::error_in(*answer);
      if (answer && answer->verdict == Verdict::left)
        return base::fail(Outcome::timeout, answer->cause, "run it again");
      if (answer || !cluster::is_lost(answer.error()) || tries == cluster::k_unknown_looks) return answer;
      sys_.log.info(answer.error().sentence() + "; asking again");
      if (!sys_.clock.sleep_until(sys_.clock.monotonic() + cluster::k_look_again, sys_.stop)) return answer;
    }
  }

  void take(const Answer& answer) {
    const json::Value& details = answer.details;
    job_.cursor = details["cursor"];
    soaked_ = base::Millis{details["soak"]["lastedMs"].int_or(0)};
    for (const json::Value& row : details["soak"]["moved"].items()) {
      if (moved_.size() < k_moves_told) moved_.push_back(row);
    }
  }

  HealthReport report_of(const Answer& answer) const {
    HealthReport report;
    report.live = true;
    report.revision = answer.revision;
    report.cluster = door_.cluster_id();
    for (const json::Value& row : answer.details["objects"].items())
      report.objects.push_back(kube::health_from_json(row));
    report.total = std::max(report.objects.size(), static_cast<std::size_t>(answer.details["total"].int_or(0)));
    report.drift = answer.details["drift"].items();
    report.moved = moved_;
    const bool failed = std::any_of(report.objects.begin(), report.objects.end(),
                                    [](const kube::ObjectHealth& one) { return one.health == kube::Health::failed; });
    if (answer.verdict == Verdict::doomed && !failed) report.broken = answer.cause;
    if (answer.verdict == Verdict::progressing) {
      report.open = "no verdict within " + base::human_duration(timeout_ + job_.soak) + ": " + answer.cause;
      if (!moved_.empty()) report.open += "; " + moved_.back()["what"].string_or_empty();
    }
    report.cure = answer.cure.empty() ? "look again later, or give it more time" : answer.cure;
    if (answer.verdict == Verdict::healthy && job_.soak.count() > 0)
      report.note = "and stayed so for " + base::human_duration(job_.soak);
    return report;
  }

  sys::Sys& sys_;
  cluster::Door& door_;
  const runner::Inputs& inputs_;
  wire::Job job_;
  std::vector<cluster::Payload> payloads_;
  base::Millis timeout_{0};
  base::Millis soaked_{0};
  json::Array moved_;
};

}  // namespace

base::Result<LookInputs> parse_look(sys::Sys& sys, const runner::Inputs& inputs) {
  LookInputs look;
  look.operation = sys::random_id(sys.random);
  if (!inputs.get("soak").empty()) {
    SENTIMARK_LET(soak, access::time_span(inputs, "soak", k_shortest));
    look.soak = soak;
  }
  constexpr std::array<std::pair<std::string_view, bool>, 2> ways{{{"on", true}, {"off", false}}};
  SENTIMARK_LET(drift, access::choose(inputs, "drift", ways));
  look.drift = drift;
  return look;
}

json::Value workloads_of(json::Array objects) {
  json::Value workloads = json::Value::array();
  for (json::Value& object : objects) {
    if (!kube::pod_templates(object).empty()) workloads.push(std::move(object));
  }
  return workloads;
}

base::Result<HealthReport> look(sys::Sys& sys, sys::Http& http, const runner::Inputs& inputs, LookInputs look) {
  SENTIMARK_LET(reached, access::parse_cluster_inputs(inputs, true));
  access::Connection connection(sys, http, reached);
  return LiveHealth(sys, connection.door(), inputs).run(look);
}

}  // namespace sentimark::verify
