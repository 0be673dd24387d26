#include "verify/area.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "access/inputs.hpp"
#include "base/text.hpp"
#include "verify/given.hpp"
#include "verify/health_findings.hpp"
#include "verify/http.hpp"
#include "verify/http_report.hpp"
#include "verify/live_health.hpp"
#include "verify/load.hpp"
#include "verify/manifests.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

constexpr std::size_t k_bars = 10;

constexpr auto k_profiles = std::to_array<Profile>({
    {"quick", "manifests health http", base::Millis{0}},
    {"standard", "manifests health http", base::Millis{30'000}},
    {"full", "manifests health http load", base::Millis{60'000}},
});

std::vector<std::string> files_for(const runner::Inputs& inputs, bool hurl) {
  std::vector<std::string> files = given_files(inputs);
  std::erase_if(files, [hurl](const std::string& file) { return file.ends_with(".hurl") != hurl; });
  return files;
}

Area made(std::string_view name, std::string_view unit, std::vector<Finding> findings) {
  Area area;
  area.name = name;
  area.unit = unit;
  area.standing = standing_of(count(findings));
  area.findings = std::move(findings);
  return area;
}

// The longest bars, longest first.
void keep_longest(std::vector<std::pair<std::string, double>>& bars) {
  std::stable_sort(bars.begin(), bars.end(),
                   [](const auto& left, const auto& right) { return left.second > right.second; });
  if (bars.size() > k_bars) bars.resize(k_bars);
}

// Which rules speak most: that is where one change mends many.
Chart by_rule(const std::vector<Finding>& findings) {
  std::map<std::string, double> rules;
  for (const Finding& finding : findings) {
    if (finding.verdict == Verdict::fail || finding.verdict == Verdict::warn) ++rules[finding.rule];
  }
  Chart chart{"Findings by rule", "findings", {rules.begin(), rules.end()}};
  keep_longest(chart.bars);
  return chart;
}

base::Result<Planned> plan_manifests(Verification& verification, runner::Ending& /*ending*/) {
  const std::vector<std::string> files = files_for(verification.inputs, false);
  if (files.empty() && verification.inputs.get("chart").empty())
    return Planned{"neither a chart nor a file of objects was given", {}};
  SENTIMARK_LET(inputs, parse_manifests_inputs(verification.inputs, files));
  SENTIMARK_LET(chart, render_chart(verification.outside.sys, inputs));
  verification.chart = std::move(chart);
  return Planned{{}, [&verification, inputs = std::move(inputs)]() -> base::Result<Area> {
                   const ChartRender* rendered = verification.chart ? &*verification.chart : nullptr;
                   SENTIMARK_LET(judged, judge_manifests(verification.outside.sys, inputs, rendered));
                   Area area = made("manifests", "objects", std::move(judged.findings));
                   area.suite = suite_of("verify manifests", area.findings);
                   area.chart = by_rule(area.findings);
                   area.judged = judged.objects;
                   area.patch = std::move(judged.patch);
                   judged.findings = area.findings;
                   area.headline = headline_of(judged);
                   area.cause = area.headline;
                   area.cure = k_manifests_cure;
                   return area;
                 }};
}

Chart by_status(const HealthReport& report) {
  std::map<std::string, double> statuses;
  for (const kube::ObjectHealth& one : report.objects) ++statuses[std::string(kube::status_of(one.health))];
  Chart chart{"Objects by status", "objects", {statuses.begin(), statuses.end()}};
  keep_longest(chart.bars);
  return chart;
}

base::Result<Area> run_health(Verification& verification, LookInputs asked) {
  Objects objects;
  if (verification.chart) {
    SENTIMARK_TRY(add_objects(objects, verification.chart->source(), Kinds::needed));
    asked.intent = workloads_of(objects.values);
  }
  SENTIMARK_LET(report,
                look(verification.outside.sys, verification.outside.http, verification.inputs, std::move(asked)));
  verification.revision = report.revision;
  verification.cluster = report.cluster;
  std::vector<Finding> findings = findings_of(report);
  place(objects, findings);
  if (verification.chart) verification.chart->locate(objects, 0, findings);
  const HealthEnd end = end_of(report);
  Area area = made("health", "objects", std::move(findings));
  area.suite = suite_of("verify health", area.findings);
  area.chart = by_status(report);
  area.judged = report.total;
  area.headline = end.headline;
  area.cause = end.reason;
  area.cure = end.cure;
  return area;
}

base::Result<Planned> plan_health(Verification& verification, runner::Ending& /*ending*/) {
  SENTIMARK_LET(asked, parse_look(verification.outside.sys, verification.inputs));
  SENTIMARK_TRY(access::parse_cluster_inputs(verification.inputs, true));
  if (verification.inputs.get("soak").empty()) asked.soak = verification.profile.soak;
  asked.operation = verification.operation;
  return Planned{{}, [&verification, asked = std::move(asked)] { return run_health(verification, asked); }};
}

// One for each check, and for each certificate that was not looked at.
std::vector<Finding> findings_of(std::span<const hurl::FileResult> files) {
  std::vector<Finding> found;
  const auto add = [&found](const hurl::FileResult& file, Verdict verdict, yaml::Mark mark, std::string message) {
    Finding finding;
    finding.rule = "HTTP";
    finding.level = verdict == Verdict::warn ? "warning" : "error";
    finding.verdict = verdict;
    finding.file = file.file;
    finding.mark = mark;
    finding.message = std::move(message);
    if (verdict == Verdict::fail) finding.fix = k_http_cure;
    found.push_back(std::move(finding));
  };
  for (const hurl::FileResult& file : files) {
    for (const hurl::EntryResult& entry : file.entries) {
      for (const hurl::Finding& check : entry.findings)
        add(file, check.passed ? Verdict::pass : Verdict::fail, {check.place.line, check.place.column},
            entry.request + ": " + (check.passed ? check.assertion : sentence_of(check)));
    }
    for (const std::string& warning : file.warnings) add(file, Verdict::warn, {}, warning);
    if (file.insecure) add(file, Verdict::warn, {}, "certificates were not looked at (option insecure)");
  }
  return found;
}

Chart by_request(std::span<const hurl::FileResult> files) {
  Chart chart{"Slowest requests", "ms", {}};
  for (const hurl::FileResult& file : files) {
    for (const hurl::EntryResult& entry : file.entries)
      chart.bars.emplace_back(file.file.substr(file.file.rfind('/') + 1) + ":" + std::to_string(entry.place.line),
                              static_cast<double>(entry.duration.count()));
  }
  keep_longest(chart.bars);
  return chart;
}

base::Result<Planned> plan_http_area(Verification& verification, runner::Ending& ending) {
  const std::vector<std::string> files = files_for(verification.inputs, true);
  if (files.empty()) return Planned{"no .hurl file was given", {}};
  SENTIMARK_LET(plan, plan_http(verification.outside.sys, verification.inputs, files, ending));
  return Planned{{}, [&verification, plan = std::move(plan)]() -> base::Result<Area> {
                   SENTIMARK_LET(results, ask(verification.outside.sys, verification.outside.network, plan));
                   SENTIMARK_TRY(write_http_files(verification.outside.sys, verification.inputs, results));
                   Area area = made("http", "checks", findings_of(results));
                   area.suite = suite_of(results);
                   area.chart = by_request(results);
                   area.judged = area.findings.size();
                   area.cause = reason_of(results);
                   area.headline = area.cause.empty() ? "all files hold" : area.cause;
                   area.cure = k_http_cure;
                   return area;
                 }};
}

// One for each threshold, and one for what is wrong beside them.
std::vector<Finding> release_findings_of(const LoadReport& report) {
  std::vector<Finding> findings = findings_of(report);
  Finding whole = std::move(findings.back());
  findings.pop_back();
  const bool told =
      std::any_of(findings.begin(), findings.end(), [&](const Finding& one) { return one.verdict == whole.verdict; });
  for (Finding& finding : findings) finding.message = finding.rule + ": " + finding.message;
  if (!told && whole.verdict != Verdict::pass) findings.push_back(std::move(whole));
  for (Finding& finding : findings) {
    finding.rule = "LOAD";
    if (!report.measurement.scenarios.empty()) finding.file = report.measurement.scenarios.front().file;
  }
  return findings;
}

base::Result<Planned> plan_load_area(Verification& verification, runner::Ending& ending) {
  const std::vector<std::string> files = verification.inputs.lines("scenario");
  if (files.empty()) return Planned{"no scenario was given", {}};
  SENTIMARK_LET(job, plan_load(verification.outside.sys, verification.inputs, files, {}, ending));
  return Planned{{}, [&verification, job = std::move(job)]() -> base::Result<Area> {
                   SENTIMARK_LET(measurement, measure(verification.outside, job));
                   const LoadReport report = judged(job, std::move(measurement));
                   Area area = made("load", "requests", release_findings_of(report));
                   area.standing = standing_of(report.judgement.verdict);
                   area.suite = suite_of(report);
                   area.chart = {"Latency of requests", "requests", bars_of(report.measurement.latencies)};
                   area.judged = report.measurement.latencies.count();
                   area.cause = report.judgement.reason;
                   area.headline = area.cause.empty() ? headline_of(report) : area.cause;
                   area.cure = report.judgement.cure;
                   return area;
                 }};
}

constexpr auto k_areas = std::to_array<AreaRow>({
    {"manifests", "LINT", plan_manifests},
    {"health", "HEALTH", plan_health},
    {"http", "HTTP", plan_http_area},
    {"load", "LOAD", plan_load_area},
});

}  // namespace

std::span<const Profile> profiles() { return k_profiles; }

std::span<const AreaRow> areas() { return k_areas; }

std::optional<Area> area_of(const AreaRow& row, const base::Error& error) {
  Verdict verdict = Verdict::open;
  switch (error.kind) {
    case Outcome::refused:
      verdict = Verdict::fail;
      break;
    case Outcome::auth:
    case Outcome::network:
    case Outcome::remote:
    case Outcome::timeout:
      break;
    default:
      return {};
  }
  Finding finding;
  finding.rule = row.rule;
  finding.level = "error";
  finding.verdict = verdict;
  finding.message = error.sentence();
  finding.fix = error.cure;
  Area area = made(row.name, "", {finding});
  area.suite = suite_of("verify " + std::string(row.name), area.findings);
  area.headline = area.cause = error.sentence();
  area.cure = error.cure;
  return area;
}

}  // namespace sentimark::verify
