#include "verify/load_report.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "json/text.hpp"
#include "runner/markdown.hpp"
#include "verify/figures.hpp"
#include "verify/xml.hpp"

namespace sentimark::verify {
namespace {

using load::Histogram;
using load::Micros;

constexpr double k_percents[] = {50, 90, 95, 99, 99.9};

std::string name_of(double percent) {
  return percent == 99.9 ? "p99.9" : "p" + std::to_string(static_cast<int>(percent));
}

bool enough(const Histogram& from, double percent) { return from.count() >= Histogram::needed_for(percent); }

// A percentile that too few values stand behind is not told.
std::string percentile_text(const Histogram& from, double percent) {
  if (enough(from, percent)) return millis_text(static_cast<double>(from.percentile(percent)));
  return "needs " + std::to_string(Histogram::needed_for(percent)) + " requests";
}

std::string actual_of(const load::JudgedThreshold& one) {
  using Metric = load::Threshold::Metric;
  switch (one.threshold.metric) {
    case Metric::errors:
    case Metric::rate:
      return percent_text(one.verdict.actual);
    case Metric::per_second:
      return figure(one.verdict.actual) + " a second";
    default:
      return millis_text(one.verdict.actual);
  }
}

std::string_view word_of(const load::JudgedThreshold& one) {
  return !one.verdict.enough ? "inconclusive" : (one.verdict.holds ? "pass" : "fail");
}

json::Value number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

json::Value latency_json(const Histogram& from) {
  json::Value told = json::Object{{"count", number(from.count())},
                                  {"mean_us", from.mean()},
                                  {"min_us", number(from.least())},
                                  {"max_us", number(from.most())}};
  for (const double percent : k_percents) {
    told.set(name_of(percent) + "_us", enough(from, percent) ? number(from.percentile(percent)) : json::Value());
  }
  return told;
}

json::Value threshold_json(const load::JudgedThreshold& one) {
  return json::Object{{"threshold", one.threshold.source},
                      {"verdict", word_of(one)},
                      {"actual", one.verdict.actual},
                      {"actual_text", actual_of(one)}};
}

json::Value request_json(const load::RequestCount& request) {
  return json::Object{
      {"request", request.name}, {"failed", number(request.failed)}, {"latency", latency_json(request.latencies)}};
}

std::string chart_of(const Histogram& from) {
  constexpr std::uint64_t width = 40;
  const auto bars = bars_of(from);
  double most = 1;
  for (const auto& [label, count] : bars) most = std::max(most, count);
  std::string text;
  for (const auto& [label, count] : bars) {
    std::string blocks;
    for (double at = 0; at < std::ceil(count * width / most); ++at) blocks += "█";
    text += std::string(label.size() < 16 ? 16 - label.size() : 0, ' ') + label + "  " + blocks + " " +
            std::to_string(static_cast<std::uint64_t>(count)) + "\n";
  }
  return text;
}

double per_second(const load::Measurement& seen) {
  return seen.lasted == 0 ? 0 : static_cast<double>(seen.finished) * 1e6 / static_cast<double>(seen.lasted);
}

double error_share(const load::Measurement& seen) {
  return seen.finished == 0 ? 0 : static_cast<double>(seen.failed) / static_cast<double>(seen.finished);
}

std::string arrivals_text(const load::Measurement& seen) {
  std::string text = seen.intended > 0 ? std::to_string(seen.intended) + " intended, " : "";
  return text + std::to_string(seen.started) + " started, " + std::to_string(seen.finished) + " finished (" +
         figure(per_second(seen)) + " a second), " + std::to_string(seen.failed) + " failed (" +
         percent_text(error_share(seen)) + ")";
}

std::string generator_text(const LoadReport& report) {
  const load::Measurement& seen = report.measurement;
  std::string text = percent_text(1 - seen.late_share(1'000)) + " begun within 1 ms of the plan; ";
  text += seen.throttled ? base::counted(*seen.throttled, "throttled CPU period") : "CPU throttling unknown";
  return text + "; " + base::counted(seen.connections, "connection") + ", at most " +
         std::to_string(seen.most_in_flight) + " arrivals at once";
}

std::string baseline_text(const load::Comparison& one) {
  return "p95 " + millis_text(static_cast<double>(one.before)) + " before, " +
         millis_text(static_cast<double>(one.after)) + " now: ratio " + figure(one.ratio) + ", by chance " +
         figure(one.low) + " to " + figure(one.high);
}

}  // namespace

Verdict finding_verdict(load::Verdict verdict) {
  switch (verdict) {
    case load::Verdict::pass:
      return Verdict::pass;
    case load::Verdict::warn:
      return Verdict::warn;
    case load::Verdict::fail:
      return Verdict::fail;
    default:
      return Verdict::open;
  }
}

Standing standing_of(load::Verdict verdict) {
  switch (verdict) {
    case load::Verdict::pass:
      return Standing::pass;
    case load::Verdict::warn:
      return Standing::warn;
    case load::Verdict::fail:
      return Standing::fail;
    case load::Verdict::inconclusive:
      return Standing::inconclusive;
    case load::Verdict::invalid:
      return Standing::invalid;
  }
  return Standing::invalid;
}

std::vector<std::pair<std::string, double>> bars_of(const Histogram& latencies) {
  std::vector<std::pair<std::string, double>> bars;
  if (latencies.count() == 0) return bars;
  Micros until = 125;
  while (until * 2 < latencies.least()) until *= 2;
  for (std::uint64_t before = 0; before < latencies.count(); until *= 2) {
    const std::uint64_t so_far = latencies.count() - latencies.count_above(until);
    bars.emplace_back("to " + millis_text(static_cast<double>(until)), static_cast<double>(so_far - before));
    before = so_far;
  }
  return bars;
}

std::string headline_of(const LoadReport& report) {
  const load::Measurement& seen = report.measurement;
  return figure(per_second(seen)) + " arrivals a second, " + percent_text(error_share(seen)) + " failed, p95 " +
         percentile_text(seen.latencies, 95);
}

std::string to_text(const LoadReport& report) {
  const load::Measurement& seen = report.measurement;
  std::string text = "plan       " + report.plan.text() + "\narrivals   " + arrivals_text(seen) + "\nlatency    of " +
                     base::counted(seen.latencies.count(), "request");
  for (const double percent : k_percents)
    text += ", " + name_of(percent) + " " + percentile_text(seen.latencies, percent);
  text += ", max " + millis_text(static_cast<double>(seen.latencies.most())) + "\n" + chart_of(seen.latencies);
  for (const load::ScenarioCount& scenario : seen.scenarios) {
    for (const load::RequestCount& request : scenario.requests) {
      text += "request    " + base::one_line(request.name) + "  " + std::to_string(request.latencies.count()) + ", " +
              std::to_string(request.failed) + " failed, p95 " + percentile_text(request.latencies, 95) + "\n";
    }
  }
  for (const auto& [kind, count] : seen.failures)
    text += "failure    " + std::to_string(count) + "  " + base::one_line(kind) + "\n";
  text += "generator  " + generator_text(report) + "\n";
  if (report.rules.baseline) text += "baseline   " + baseline_text(*report.rules.baseline) + "\n";
  for (const load::JudgedThreshold& one : report.judgement.thresholds)
    text += "threshold  " + one.threshold.source + "  " + std::string(word_of(one)) + ": " + actual_of(one) + "\n";
  if (!report.judgement.reason.empty()) text += "why        " + base::one_line(report.judgement.reason) + "\n";
  return text + "verdict: " + std::string(load::word_of(report.judgement.verdict)) + "\n";
}

json::Value to_json(const LoadReport& report) {
  const load::Measurement& seen = report.measurement;
  json::Array thresholds;
  for (const load::JudgedThreshold& one : report.judgement.thresholds) thresholds.push_back(threshold_json(one));
  json::Array scenarios;
  for (const load::ScenarioCount& scenario : seen.scenarios) {
    json::Array requests;
    for (const load::RequestCount& request : scenario.requests) requests.push_back(request_json(request));
    scenarios.push_back(json::Object{{"file", scenario.file},
                                     {"failed", number(scenario.failed)},
                                     {"latency", latency_json(scenario.latencies)},
                                     {"requests", std::move(requests)}});
  }
  json::Value failures = json::Value::object();
  for (const auto& [kind, count] : seen.failures) failures.set(kind, number(count));
  json::Value told = json::Object{
      {"verdict", load::word_of(report.judgement.verdict)},
      {"reason", report.judgement.reason},
      {"plan", report.plan.text()},
      {"arrivals", json::Object{{"intended", number(seen.intended)},
                                {"started", number(seen.started)},
                                {"finished", number(seen.finished)},
                                {"failed", number(seen.failed)},
                                {"failed_share", error_share(seen)},
                                {"per_second", per_second(seen)}}},
      {"lasted_us", number(seen.lasted)},
      {"latency", latency_json(seen.latencies)},
      {"thresholds", std::move(thresholds)},
      {"scenarios", std::move(scenarios)},
      {"failure_kinds", std::move(failures)},
      {"aborted", seen.aborted},
      {"generator", json::Object{{"within_1_ms", 1 - seen.late_share(1'000)},
                                 {"late_share", seen.late_share(report.rules.late_after)},
                                 {"late_max_us", number(seen.late.most())},
                                 {"throttled_periods", seen.throttled ? number(*seen.throttled) : json::Value()},
                                 {"connections", number(seen.connections)},
                                 {"most_in_flight", number(seen.most_in_flight)}}},
      {"histogram", seen.latencies.to_text()}};
  if (const auto& one = report.rules.baseline) {
    told.set("baseline", json::Object{{"p95_before_us", number(one->before)},
                                      {"p95_us", number(one->after)},
                                      {"ratio", one->ratio},
                                      {"low", one->low},
                                      {"high", one->high}});
  }
  return told;
}

std::string to_json_lines(const LoadReport& report) {
  std::string lines;
  for (const load::JudgedThreshold& one : report.judgement.thresholds)
    lines += json::to_text(threshold_json(one)) + "\n";
  for (const load::ScenarioCount& scenario : report.measurement.scenarios) {
    for (const load::RequestCount& request : scenario.requests) lines += json::to_text(request_json(request)) + "\n";
  }
  const json::Value last =
      json::Object{{"verdict", load::word_of(report.judgement.verdict)}, {"reason", report.judgement.reason}};
  return lines + json::to_text(last) + "\n";
}

std::vector<Finding> findings_of(const LoadReport& report) {
  std::vector<std::string> files;
  for (const load::ScenarioCount& scenario : report.measurement.scenarios) files.push_back(scenario.file);
  std::vector<Finding> findings;
  const auto add = [&](std::string rule, Verdict verdict, std::string message, std::string fix) {
    Finding finding;
    finding.rule = std::move(rule);
    finding.level = "error";
    finding.verdict = verdict;
    finding.ref = {"load", {}, base::join(files, ", ")};
    finding.message = std::move(message);
    finding.fix = std::move(fix);
    findings.push_back(std::move(finding));
  };
  const bool means_something = report.judgement.verdict != load::Verdict::invalid;
  for (const load::JudgedThreshold& one : report.judgement.thresholds) {
    const Verdict kept = one.verdict.holds ? Verdict::pass : Verdict::fail;
    add(one.threshold.source, one.verdict.enough && means_something ? kept : Verdict::open, actual_of(one), {});
  }
  add("verdict", finding_verdict(report.judgement.verdict), report.judgement.reason, report.judgement.cure);
  return findings;
}

JunitSuite suite_of(const LoadReport& report) { return suite_of("verify load", findings_of(report)); }

std::string to_markdown(const LoadReport& report) {
  const load::Measurement& seen = report.measurement;
  const load::Verdict verdict = report.judgement.verdict;
  const bool good = verdict == load::Verdict::pass;
  const std::string_view icon = good ? "✅" : (verdict == load::Verdict::fail ? "❌" : "⚠️");
  std::string text = "## " + std::string(icon) + " Load: " + std::string(load::word_of(verdict)) + "\n\n";
  if (!report.judgement.reason.empty()) text += runner::markdown_text(report.judgement.reason) + ".\n\n";
  text += runner::markdown_text(report.plan.text()) + ". " + arrivals_text(seen) +
          ".\n\n| threshold | | actual |\n| --- | --- | --- |\n";
  for (const load::JudgedThreshold& one : report.judgement.thresholds)
    text += "| " + runner::markdown_code(one.threshold.source) + " | " + std::string(word_of(one)) + " | " +
            actual_of(one) + " |\n";
  text += "\n| latency of | requests | failed |";
  for (const double percent : k_percents) text += " " + name_of(percent) + " |";
  text += "\n| --- | --- | --- | --- | --- | --- | --- | --- |\n";
  const auto row = [&text](const std::string& name, const Histogram& from, std::uint64_t failed) {
    text += "| " + name + " | " + std::to_string(from.count()) + " | " + std::to_string(failed) + " |";
    for (const double percent : k_percents) text += " " + percentile_text(from, percent) + " |";
    text += "\n";
  };
  std::uint64_t failed = 0;
  std::string each;
  for (const load::ScenarioCount& scenario : seen.scenarios) {
    for (const load::RequestCount& request : scenario.requests) failed += request.failed;
  }
  row("all", seen.latencies, failed);
  std::size_t rows = 0;
  for (const load::ScenarioCount& scenario : seen.scenarios) {
    for (const load::RequestCount& request : scenario.requests) {
      if (++rows <= 100) row(runner::markdown_code(request.name), request.latencies, request.failed);
    }
  }
  for (const auto& [kind, count] : seen.failures)
    text += "\n- " + std::to_string(count) + " × " + runner::markdown_text(kind);
  if (report.rules.baseline) text += "\n\n" + runner::markdown_text(baseline_text(*report.rules.baseline));
  return text + "\n\n" + runner::markdown_block(chart_of(seen.latencies)) + "\n" +
         runner::markdown_text(generator_text(report)) + "\n";
}

base::Result<load::Histogram> read_baseline(std::string_view text) {
  SENTIMARK_LET(result, json::parse(text));
  return Histogram::parse(result["histogram"].string_or_empty());
}

}  // namespace sentimark::verify
