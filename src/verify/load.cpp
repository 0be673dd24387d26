#include "verify/load.hpp"

#include "base/text.hpp"
#include "json/text.hpp"
#include "load/throttling.hpp"
#include "verify/findings_files.hpp"
#include "verify/given.hpp"
#include "verify/hurl_inputs.hpp"
#include "verify/load_report.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

constexpr std::uint64_t k_most_baseline = 16U << 20U;
constexpr std::size_t k_most_entries = 200;  // each has a histogram of its own

Outcome outcome_of(load::Verdict verdict) {
  switch (verdict) {
    case load::Verdict::fail:
      return Outcome::refused;
    case load::Verdict::inconclusive:
      return Outcome::inconclusive;
    case load::Verdict::invalid:
      return Outcome::invalid;
    default:
      return Outcome::ok;
  }
}

void tell_progress(sys::Log& log, const load::Measurement& seen, load::Micros since) {
  log.info(base::human_duration(base::Millis(since / 1000)) + ": " + std::to_string(seen.finished) +
           " arrivals measured, " + std::to_string(seen.failed) + " failed");
}

base::Result<load::Measurement> measure(const Outside& outside, const LoadPlan& plan,
                                        const std::vector<hurl::File>& files, const hurl::Variables& variables,
                                        const hurl::RunOptions& options, FindRoots roots) {
  sys::Sys& sys = outside.sys;
  std::vector<std::unique_ptr<FolderFiles>> folders;
  std::vector<load::Scenario> scenarios;
  for (const hurl::File& file : files) {
    folders.push_back(std::make_unique<FolderFiles>(sys.files, file.name));
    scenarios.push_back({file, *folders.back()});
  }
  const load::World world{
      outside.poller,
      outside.resolver,
      sys.clock,
      sys.random,
      sys.stop,
      std::move(roots),
      [&sys](const load::Measurement& seen, load::Micros since) { tell_progress(sys.log, seen, since); }};
  const auto before = load::read_throttling(sys.files);
  SENTIMARK_LET(measurement, load::run(world, scenarios, variables, options, plan.shape, plan.thresholds));
  const auto after = load::read_throttling(sys.files);
  if (before && after) measurement.throttled = *after - std::min(*before, *after);
  return measurement;
}

base::Done write_reports(sys::Sys& sys, const runner::Inputs& inputs, const LoadReport& report) {
  const JunitSuite suite = suite_of(report);
  SENTIMARK_TRY(write_result(sys, inputs.get("junit-file"), junit_of({&suite, 1})));
  return write_result(sys, inputs.get("json-file"), json::to_pretty_text(to_json(report)) + "\n");
}

}  // namespace

base::Result<runner::Ending> run_load(const Outside& outside, const runner::Inputs& inputs) {
  sys::Sys& sys = outside.sys;
  if (given_files(inputs).empty())
    return base::fail(Outcome::usage, "load is missing what it works on",
                      "write verify load FILE..., or - for standard input");
  runner::Ending ending;
  SENTIMARK_LET(options, read_run_options(sys, inputs));
  SENTIMARK_LET(timeout, read_duration(inputs, "timeout"));
  SENTIMARK_LET(plan, read_load_plan(inputs, timeout, options.request_timeout));
  SENTIMARK_LET(variables, read_variables(sys, inputs));
  auto files = read_files(sys, given_files(inputs), options, ending);
  if (!files) {
    ending.outcome = files.error().kind;
    ending.reason = files.error().sentence();
    ending.cure = files.error().cure;
    return ending;
  }
  std::size_t entries = 0;
  for (const hurl::File& file : *files) entries += file.entries.size();
  if (entries == 0 || entries > k_most_entries)
    return base::fail(Outcome::usage, "the files hold " + std::to_string(entries) + " requests",
                      "give 1 to " + std::to_string(k_most_entries));
  SENTIMARK_LET(roots, root_finder(sys, inputs));
  load::Rules rules;
  rules.thresholds = plan.thresholds;
  rules.most_late = plan.most_late;
  rules.planned_seconds = plan.seconds();
  std::optional<load::Histogram> baseline;
  if (const std::string file = inputs.get("baseline-file"); !file.empty()) {
    SENTIMARK_LET(text, sys.files.read(file, k_most_baseline));
    auto read = read_baseline(text);
    if (!read) return std::move(read).error().within("reading " + file);
    baseline = std::move(read).value();
  }
  if (inputs.is_on("dry-run")) {
    ending.text = plan.text() + "\n";
    ending.data = json::Object{{"plan", plan.text()}};
    return ending;
  }
  SENTIMARK_LET(measurement, measure(outside, plan, *files, variables, options, std::move(roots)));
  if (baseline && baseline->count() > 0 && measurement.latencies.count() > 0)
    rules.baseline = load::compare(*baseline, measurement.latencies, 95);
  const load::Judgement judgement = load::judge(measurement, rules);
  const LoadReport report{plan, measurement, judgement, rules};
  SENTIMARK_TRY(write_reports(sys, inputs, report));
  ending.outcome = outcome_of(judgement.verdict);
  if (ending.outcome != Outcome::ok) ending.reason = judgement.reason;
  ending.cure = ending.outcome == Outcome::ok ? "" : judgement.cure;
  std::size_t broken = 0;
  for (const load::JudgedThreshold& one : judgement.thresholds)
    broken += one.verdict.enough && !one.verdict.holds ? 1U : 0U;
  tell_verdict(ending, {load::word_of(judgement.verdict), broken, measurement.insecure ? 1U : 0U});
  ending.outputs.emplace_back("junit-file", inputs.get("junit-file"));
  ending.summary = to_markdown(report);
  ending.text = inputs.get("format") == "jsonl" ? to_json_lines(report) : to_text(report);
  ending.data = to_json(report);
  return ending;
}

}  // namespace sentimark::verify
