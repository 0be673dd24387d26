#include "verify/load.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "json/text.hpp"
#include "load/throttling.hpp"
#include "verify/findings_files.hpp"
#include "verify/given.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

constexpr std::uint64_t k_most_baseline = 16U << 20U;
constexpr std::size_t k_most_entries = 200;  // each has a histogram of its own

void tell_progress(sys::Log& log, const load::Measurement& seen, load::Micros since) {
  log.info(base::human_duration(base::Millis(since / 1000)) + ": " + std::to_string(seen.finished) +
           " arrivals measured, " + std::to_string(seen.failed) + " failed");
}

base::Done write_reports(sys::Sys& sys, const runner::Inputs& inputs, const LoadReport& report) {
  const JunitSuite suite = suite_of(report);
  SENTIMARK_TRY(write_result(sys, inputs.get("junit-file"), junit_of({&suite, 1})));
  return write_result(sys, inputs.get("json-file"), json::to_pretty_text(to_json(report)) + "\n");
}

}  // namespace

base::Result<LoadJob> plan_load(sys::Sys& sys, const runner::Inputs& inputs, const std::vector<std::string>& files,
                                const std::string& baseline_file, runner::Ending& ending) {
  LoadJob job;
  SENTIMARK_LET(options, read_run_options(sys, inputs));
  SENTIMARK_LET(timeout, read_duration(inputs, "timeout"));
  SENTIMARK_LET(plan, read_load_plan(inputs, timeout, options.request_timeout));
  SENTIMARK_LET(variables, read_variables(sys, inputs));
  SENTIMARK_LET(read, read_files(sys, files, options, ending));
  std::size_t entries = 0;
  for (const hurl::File& file : read) entries += file.entries.size();
  if (entries == 0 || entries > k_most_entries)
    return base::fail(Outcome::usage, "the files hold " + std::to_string(entries) + " requests",
                      "give 1 to " + std::to_string(k_most_entries));
  SENTIMARK_LET(find_roots, root_finder(sys, inputs));
  job.plan = std::move(plan);
  job.files = std::move(read);
  job.variables = std::move(variables);
  job.options = std::move(options);
  job.timeout = timeout;
  job.find_roots = std::move(find_roots);
  if (baseline_file.empty()) return job;
  SENTIMARK_LET(text, sys.files.read(baseline_file, k_most_baseline));
  auto baseline = read_baseline(text);
  if (!baseline) return std::move(baseline).error().within("reading " + baseline_file);
  job.baseline = std::move(baseline).value();
  return job;
}

base::Result<load::Measurement> measure(const Outside& outside, const LoadJob& job) {
  sys::Sys& sys = outside.sys;
  std::vector<std::unique_ptr<FolderFiles>> folders;
  std::vector<load::Scenario> scenarios;
  for (const hurl::File& file : job.files) {
    folders.push_back(std::make_unique<FolderFiles>(sys.files, file.name));
    for (const hurl::Variables& side : job.sides) scenarios.push_back({file, *folders.back(), side});
  }
  const load::World world{
      outside.poller,
      outside.resolver,
      sys.clock,
      sys.random,
      sys.stop,
      job.find_roots,
      [&sys](const load::Measurement& seen, load::Micros since) { tell_progress(sys.log, seen, since); }};
  hurl::RunOptions options = job.options;
  options.deadline = sys.clock.monotonic() + job.timeout;
  const auto before = load::read_throttling(sys.files);
  SENTIMARK_LET(measurement, load::run(world, scenarios, job.variables, options, job.plan.shape, job.plan.thresholds));
  const auto after = load::read_throttling(sys.files);
  if (before && after) measurement.throttled = *after - std::min(*before, *after);
  return measurement;
}

load::Rules rules_of(const LoadPlan& plan) {
  load::Rules rules;
  rules.thresholds = plan.thresholds;
  rules.most_late = plan.most_late;
  rules.planned_seconds = plan.seconds();
  return rules;
}

LoadReport judged(const LoadJob& job, load::Measurement measurement) {
  load::Rules rules = rules_of(job.plan);
  if (job.baseline && job.baseline->count() > 0 && measurement.latencies.count() > 0)
    rules.baseline = load::compare(*job.baseline, measurement.latencies, 95);
  load::Judgement judgement = load::judge(measurement, rules);
  return {job.plan, std::move(measurement), std::move(judgement), std::move(rules)};
}

base::Result<runner::Ending> run_load(const Outside& outside, const runner::Inputs& inputs) {
  sys::Sys& sys = outside.sys;
  if (given_files(inputs).empty())
    return base::fail(Outcome::usage, "load is missing what it works on",
                      "write verify load FILE..., or - for standard input");
  runner::Ending ending;
  auto job = plan_load(sys, inputs, given_files(inputs), inputs.get("baseline-file"), ending);
  if (!job) return not_planned(std::move(job).error(), std::move(ending));
  if (inputs.is_on("dry-run")) {
    ending.text = job->plan.text() + "\n";
    ending.data = json::Object{{"plan", job->plan.text()}};
    return ending;
  }
  SENTIMARK_LET(measurement, measure(outside, *job));
  const LoadReport report = judged(*job, std::move(measurement));
  const load::Judgement& judgement = report.judgement;
  SENTIMARK_TRY(write_reports(sys, inputs, report));
  ending.outcome = outcome_of(standing_of(judgement.verdict));
  if (ending.outcome != Outcome::ok) ending.reason = judgement.reason;
  ending.cure = ending.outcome == Outcome::ok ? "" : judgement.cure;
  std::size_t broken = 0;
  for (const load::JudgedThreshold& one : judgement.thresholds)
    broken += one.verdict.enough && !one.verdict.holds ? 1U : 0U;
  tell_verdict(ending, {load::word_of(judgement.verdict), broken, report.measurement.insecure ? 1U : 0U});
  ending.outputs.emplace_back("junit-file", inputs.get("junit-file"));
  ending.summary = to_markdown(report);
  ending.text = inputs.get("format") == "jsonl" ? to_json_lines(report) : to_text(report);
  ending.data = to_json(report);
  return ending;
}

}  // namespace sentimark::verify
