#include "verify/restore.hpp"

#include <algorithm>

#include "access/inputs.hpp"
#include "base/text.hpp"
#include "json/text.hpp"
#include "verify/findings_files.hpp"
#include "verify/given.hpp"
#include "verify/http.hpp"
#include "verify/http_report.hpp"
#include "verify/restore_report.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

constexpr base::Millis k_look_again{1'000};
constexpr std::string_view k_capture = "marker";

base::Result<base::WallTime> read_incident(sys::Sys& sys, const runner::Inputs& inputs) {
  const std::string text = inputs.get("incident");
  const auto at = base::from_rfc3339(text);
  if (!at)
    return access::bad_input("incident", "is '" + base::shorten(text, 80) + "'",
                             "give the moment as RFC 3339, e.g. 2026-01-02T03:04:05Z");
  if (*at > sys.clock.wall()) return access::bad_input("incident", "is in the future", "give the moment that it was");
  return *at;
}

// "2026-01-02T03:04:05Z 3f9c1d": when it was written, and what.
base::Result<std::vector<Marker>> read_markers(const runner::Inputs& inputs, base::WallTime incident) {
  std::vector<Marker> markers;
  for (const std::string& line : inputs.lines("marker")) {
    const std::size_t blank = std::min(line.find(' '), line.size());
    const auto written = base::from_rfc3339(line.substr(0, blank));
    const std::string id(base::trim(line.substr(blank)));
    if (!written || id.empty())
      return access::bad_input("marker", "has the line '" + base::shorten(line, 80) + "'",
                               "write each as TIME TEXT, the time as RFC 3339");
    if (*written > incident)
      return access::bad_input("marker", "has one that was written after the incident", "leave it out");
    markers.push_back({*written, id});
  }
  if (markers.empty())
    return access::bad_input("marker", "is missing", "name what the drill wrote before the incident, TIME TEXT a line");
  return markers;
}

base::Result<std::optional<base::Millis>> read_limit(const runner::Inputs& inputs, const std::string& name) {
  if (inputs.get(name).empty()) return std::optional<base::Millis>();
  SENTIMARK_LET(span, read_duration(inputs, name));
  return std::optional<base::Millis>(span);
}

// What is missing from an answer; empty when the marker is there.
std::string take_look(Restore& restore, const std::vector<hurl::FileResult>& results) {
  for (const hurl::FileResult& one : results) {
    restore.insecure = restore.insecure || one.insecure;
    const hurl::Value* const value = one.variables.find(k_capture);
    if (value != nullptr && value->is_string() && !value->text().empty()) restore.marker = value->text();
  }
  std::string missing = reason_of(results);
  if (missing.empty() && !restore.marker) missing = "no file captures a text named marker";
  if (!missing.empty()) restore.marker.reset();
  return missing;
}

base::Done look_until(const Outside& outside, HttpPlan plan, Restore& restore) {
  sys::Sys& sys = outside.sys;
  const base::Instant until = sys.clock.monotonic() + plan.timeout;
  for (;;) {
    plan.timeout = std::max(base::Millis{1}, until - sys.clock.monotonic());
    SENTIMARK_LET(results, ask(sys, outside.network, plan));
    ++restore.looks;
    restore.looked = sys.clock.wall();
    const std::string missing = take_look(restore, results);
    if (missing.empty()) return {};
    if (missing != restore.missing) sys.log.info("not yet: " + base::one_line(missing));
    restore.missing = missing;
    if (sys.clock.monotonic() + k_look_again >= until) return {};
    if (!sys.clock.sleep_until(sys.clock.monotonic() + k_look_again, sys.stop))
      return base::fail(Outcome::interrupted, "told to stop before the service answered", "run it again");
  }
}

std::string whole_seconds(base::Millis span) { return std::to_string(span.count() / 1000); }

base::Result<runner::Ending> tell(sys::Sys& sys, const runner::Inputs& inputs, const Restore& restore,
                                  runner::Ending ending) {
  const std::vector<Finding> findings = findings_of(restore);
  const Counts counts = count(findings);
  const Standing standing = standing_of(counts);
  const JunitSuite suite = suite_of("verify restore", findings);
  const json::Value data = to_json(restore);
  SENTIMARK_TRY(write_result(sys, inputs.get("junit-file"), junit_of({&suite, 1})));
  SENTIMARK_TRY(write_result(sys, inputs.get("json-file"), json::to_pretty_text(data) + "\n"));
  tell_verdict(ending, {word_of(standing), counts.fail, counts.warn});
  ending.outputs.emplace_back("rto-seconds", restore.marker ? whole_seconds(restore.rto()) : "");
  ending.outputs.emplace_back("rpo-seconds", restore.rpo() ? whole_seconds(*restore.rpo()) : "");
  ending.outputs.emplace_back("junit-file", inputs.get("junit-file"));
  ending.outcome = outcome_of(standing);
  for (const Finding& one : findings) {
    if (one.verdict != Verdict::fail && one.verdict != Verdict::open) continue;
    ending.reason += (ending.reason.empty() ? "" : "; ") + one.rule + ": " + one.message;
    if (ending.cure.empty()) ending.cure = one.fix;
  }
  ending.summary = to_markdown(restore);
  ending.text = to_text(restore);
  ending.data = data;
  return ending;
}

}  // namespace

base::Result<runner::Ending> run_restore(const Outside& outside, const runner::Inputs& inputs) {
  sys::Sys& sys = outside.sys;
  const std::vector<std::string> files = given_files(inputs);
  if (files.empty())
    return base::fail(Outcome::usage, "restore is missing what it works on", "write verify restore FILE...");
  Restore restore;
  SENTIMARK_LET(incident, read_incident(sys, inputs));
  SENTIMARK_LET(markers, read_markers(inputs, incident));
  SENTIMARK_LET(most_rto, read_limit(inputs, "max-rto"));
  SENTIMARK_LET(most_rpo, read_limit(inputs, "max-rpo"));
  restore.incident = incident;
  restore.markers = std::move(markers);
  restore.most_rto = most_rto;
  restore.most_rpo = most_rpo;
  runner::Ending ending;
  auto plan = plan_http(sys, inputs, files, ending);
  if (!plan) return not_planned(std::move(plan).error(), std::move(ending));
  if (plan->variables.find(k_capture) != nullptr)
    return access::bad_input("variable", "sets marker", "leave that name to what the service answers");
  SENTIMARK_TRY(look_until(outside, std::move(plan).value(), restore));
  return tell(sys, inputs, restore, std::move(ending));
}

}  // namespace sentimark::verify
