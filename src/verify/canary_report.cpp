#include "verify/canary_report.hpp"

#include "base/text.hpp"
#include "json/text.hpp"
#include "runner/markdown.hpp"
#include "verify/figures.hpp"
#include "verify/load_report.hpp"

namespace sentimark::verify {
namespace {

using load::Compared;

std::string value_text(const Compared& one, double value) {
  return one.what == "errors" ? percent_text(value) : millis_text(value);
}

// "from -0.400 % to 1.200 %"
std::string chance_text(const Compared& one) { return percent_text(one.low) + " to " + percent_text(one.high); }

std::string sides_text(const CanaryReport& report) {
  std::string text;
  const char* name = "stable";
  for (const load::Side& side : report.judgement.sides) {
    text += (text.empty() ? "" : ", ") + std::string(name) + " " + std::to_string(side.finished) + " (" +
            std::to_string(side.failed) + " failed)";
    name = "canary";
  }
  return text;
}

json::Value json_of(const Compared& one) {
  return json::Object{{"figure", one.what},   {"verdict", load::word_of(one.verdict())},
                      {"stable", one.stable}, {"canary", one.canary},
                      {"change", one.change}, {"low", one.low},
                      {"high", one.high},     {"margin", one.margin}};
}

json::Value side_json(const load::Side& side) {
  return json::Object{{"finished", static_cast<std::int64_t>(side.finished)},
                      {"failed", static_cast<std::int64_t>(side.failed)},
                      {"histogram", side.latencies.to_text()}};
}

}  // namespace

std::vector<Finding> findings_of(const CanaryReport& report) {
  std::vector<Finding> findings;
  const bool means_something = report.judgement.verdict != load::Verdict::invalid;
  const auto add = [&](const std::string& rule, load::Verdict verdict, std::string message, const std::string& fix) {
    Finding finding;
    finding.rule = rule;
    finding.level = "error";
    finding.verdict = means_something ? finding_verdict(verdict) : Verdict::open;
    finding.ref = {"canary", {}, {}};
    finding.message = std::move(message);
    finding.fix = fix;
    findings.push_back(std::move(finding));
  };
  for (const Compared& one : report.judgement.compared)
    add(one.what, one.verdict(),
        value_text(one, one.stable) + " of the stable release, " + value_text(one, one.canary) +
            " of the canary: " + percent_text(one.change) + " more, by chance " + chance_text(one),
        {});
  if (report.judgement.verdict != load::Verdict::pass && report.judgement.verdict != load::Verdict::fail)
    add("verdict", report.judgement.verdict, report.judgement.reason, report.judgement.cure);
  return findings;
}

std::string to_text(const CanaryReport& report) {
  std::string text =
      "plan       " + report.plan + ", stable and canary in turn\narrivals   " + sides_text(report) + "\n";
  for (const Compared& one : report.judgement.compared)
    text += one.what + std::string(11 - one.what.size(), ' ') + std::string(load::word_of(one.verdict())) + ": " +
            value_text(one, one.stable) + " stable, " + value_text(one, one.canary) + " canary, " +
            percent_text(one.change) + " more (by chance " + chance_text(one) + ", at most " +
            percent_text(one.margin) + ")\n";
  for (const auto& [kind, count] : report.failures)
    text += "failure    " + std::to_string(count) + "  " + base::one_line(kind) + "\n";
  if (!report.judgement.reason.empty()) text += "why        " + base::one_line(report.judgement.reason) + "\n";
  if (!report.weight.empty()) text += "weight     " + report.weight + "\n";
  return text + "verdict: " + std::string(load::word_of(report.judgement.verdict)) + "\n";
}

json::Value to_json(const CanaryReport& report) {
  json::Array compared;
  for (const Compared& one : report.judgement.compared) compared.push_back(json_of(one));
  json::Value failures = json::Value::object();
  for (const auto& [kind, count] : report.failures) failures.set(kind, static_cast<std::int64_t>(count));
  return json::Object{{"verdict", load::word_of(report.judgement.verdict)},
                      {"reason", report.judgement.reason},
                      {"canaryWeight", report.weight},
                      {"plan", report.plan},
                      {"compared", std::move(compared)},
                      {"stable", side_json(report.judgement.sides.front())},
                      {"canary", side_json(report.judgement.sides.back())},
                      {"failureKinds", std::move(failures)}};
}

std::string to_json_lines(const CanaryReport& report) {
  std::string lines;
  for (const Compared& one : report.judgement.compared) lines += json::to_text(json_of(one)) + "\n";
  const json::Value last = json::Object{{"verdict", load::word_of(report.judgement.verdict)},
                                        {"reason", report.judgement.reason},
                                        {"canaryWeight", report.weight}};
  return lines + json::to_text(last) + "\n";
}

std::string to_markdown(const CanaryReport& report) {
  const Standing standing = standing_of(report.judgement.verdict);
  std::string text = "## " + std::string(icon_of(standing)) + " Canary: " + std::string(word_of(standing)) + "\n\n";
  if (!report.judgement.reason.empty()) text += runner::markdown_text(report.judgement.reason) + ".\n\n";
  text += runner::markdown_text(report.plan) + "; arrivals: " + sides_text(report) +
          ".\n\n| | | stable | canary | more | by chance | at most |\n| --- | --- | --- | --- | --- | --- | --- |\n";
  for (const Compared& one : report.judgement.compared)
    text += "| " + one.what + " | " + std::string(load::word_of(one.verdict())) + " | " + value_text(one, one.stable) +
            " | " + value_text(one, one.canary) + " | " + percent_text(one.change) + " | " + chance_text(one) + " | " +
            percent_text(one.margin) + " |\n";
  for (const auto& [kind, count] : report.failures)
    text += "\n- " + std::to_string(count) + " × " + runner::markdown_text(kind);
  return text + (report.weight.empty() ? "" : "\nWeight of the canary: " + report.weight + " %\n");
}

}  // namespace sentimark::verify
