#include "verify/canary.hpp"

#include "access/inputs.hpp"
#include "base/text.hpp"
#include "json/text.hpp"
#include "verify/canary_report.hpp"
#include "verify/findings_files.hpp"
#include "verify/given.hpp"
#include "verify/load.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

constexpr std::uint64_t k_most_samples = 10'000'000;
constexpr double k_most_margin = 10'000;  // per cent

base::Result<load::Margins> read_margins(const runner::Inputs& inputs) {
  SENTIMARK_LET(errors, read_share(inputs, "error-margin", 100));
  SENTIMARK_LET(latency, read_share(inputs, "latency-margin", k_most_margin));
  const auto least = base::parse_unsigned(inputs.get("min-samples"));
  if (!least || *least == 0 || *least > k_most_samples)
    return access::bad_input("min-samples", "is '" + base::shorten(inputs.get("min-samples"), 80) + "'",
                             "give a number from 1 to " + std::to_string(k_most_samples));
  return load::Margins{errors, latency, *least};
}

// What it has now; empty: not known.
base::Result<std::string> read_weight(const runner::Inputs& inputs) {
  const std::string text = inputs.get("canary-weight");
  const auto weight = base::parse_unsigned(text);
  if (text.empty() || (weight && *weight <= 100)) return text;
  return access::bad_input("canary-weight", "is '" + base::shorten(text, 80) + "'", "give a number from 0 to 100");
}

base::Result<std::vector<hurl::Variables>> read_sides(const runner::Inputs& inputs) {
  std::vector<hurl::Variables> sides;
  for (const char* const side : {"stable", "canary"}) {
    if (inputs.lines(side).empty())
      return access::bad_input(side, "is missing", "write --stable base=URL --canary base=URL");
    SENTIMARK_LET(variables, variables_in(inputs, side));
    sides.push_back(std::move(variables));
  }
  return sides;
}

base::Done write_reports(sys::Sys& sys, const runner::Inputs& inputs, const CanaryReport& report) {
  const JunitSuite suite = suite_of("verify canary", findings_of(report));
  SENTIMARK_TRY(write_result(sys, inputs.get("junit-file"), junit_of({&suite, 1})));
  return write_result(sys, inputs.get("json-file"), json::to_pretty_text(to_json(report)) + "\n");
}

}  // namespace

base::Result<runner::Ending> run_canary(const Outside& outside, const runner::Inputs& inputs) {
  sys::Sys& sys = outside.sys;
  const std::vector<std::string> files = given_files(inputs);
  if (files.empty())
    return base::fail(Outcome::usage, "canary is missing what it works on", "write verify canary FILE...");
  runner::Ending ending;
  SENTIMARK_LET(margins, read_margins(inputs));
  SENTIMARK_LET(weight, read_weight(inputs));
  SENTIMARK_LET(sides, read_sides(inputs));
  auto job = plan_load(sys, inputs, files, {}, ending);
  if (!job) return not_planned(std::move(job).error(), std::move(ending));
  job->sides = std::move(sides);
  job->plan.thresholds.clear();  // the stable release is the measure
  SENTIMARK_LET(measurement, measure(outside, *job));
  CanaryReport report;
  report.judgement = load::judge_canary(measurement, rules_of(job->plan), margins);
  report.plan = job->plan.text();
  report.failures = std::move(measurement.failures);
  report.weight = report.judgement.verdict == load::Verdict::fail ? "0" : weight;
  SENTIMARK_TRY(write_reports(sys, inputs, report));
  const std::vector<Finding> findings = findings_of(report);
  const Standing standing = standing_of(report.judgement.verdict);
  ending.outcome = outcome_of(standing);
  if (ending.outcome != Outcome::ok) {
    ending.reason = report.judgement.reason;
    ending.cure = report.judgement.cure;
  }
  tell_verdict(ending, {word_of(standing), count(findings).fail, measurement.insecure ? 1U : 0U});
  ending.outputs.emplace_back("canary-weight", report.weight);
  ending.outputs.emplace_back("junit-file", inputs.get("junit-file"));
  ending.summary = to_markdown(report);
  ending.text = inputs.get("format") == "jsonl" ? to_json_lines(report) : to_text(report);
  ending.data = to_json(report);
  return ending;
}

}  // namespace sentimark::verify
