// SARIF 2.1.0 as GitHub's code scanning reads it (docs.github.com, SARIF support for code scanning).
#include <algorithm>
#include <map>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "json/text.hpp"
#include "verify/catalogue.hpp"
#include "verify/policy.hpp"
#include "verify/report.hpp"
#include "verify/report_order.hpp"

namespace sentimark::verify {
namespace {

constexpr std::size_t k_results_limit = 5'000;

json::Value text_value(std::string_view text) { return json::Object{{"text", base::to_valid_utf8(text)}}; }

json::Value rule_value(const std::string& id) {
  const RuleRow& row = rule_of(id);
  json::Object rule{{"id", id},
                    {"shortDescription", text_value(row.title)},
                    {"fullDescription", text_value(row.why)},
                    {"help", text_value(std::string(row.why) + " docs/verify.md has the table of all rules.")}};
  if (!row.severity.empty())
    rule.emplace_back("properties", json::Object{{"security-severity", row.severity},
                                                 {"tags", json::Array{json::Value("security")}}});
  return rule;
}

// A URI reference relative to the checkout: each part percent-encoded, so that no name can point elsewhere.
std::string uri_of(const std::string& file) {
  std::vector<std::string> parts = base::split(file, '/');
  for (std::string& part : parts) part = base::percent_encoded(part);
  return (file.starts_with('/') ? "file://" : "") + base::join(parts, "/");
}

json::Value location_of(const Finding& finding) {
  json::Value location = json::Value::object();
  json::Value physical = json::Object{{"artifactLocation", json::Object{{"uri", uri_of(finding.file)}}}};
  if (finding.mark.line > 0) {
    const auto line = static_cast<std::int64_t>(finding.mark.line);
    const auto column = static_cast<std::int64_t>(std::max<std::uint32_t>(1, finding.mark.column));
    physical.set(
        "region",
        json::Object{{"startLine", line}, {"startColumn", column}, {"endLine", line}, {"endColumn", column + 1}});
  }
  if (!finding.file.empty()) location.set("physicalLocation", std::move(physical));
  if (!finding.ref.kind.empty())
    location.set("logicalLocations",
                 json::Array{json::Object{
                     {"fullyQualifiedName", base::to_valid_utf8(finding.ref.text() + " " + finding.path)}}});
  return location;
}

json::Value result_of(const Finding& finding, std::int64_t rule) {
  const std::string who = finding.ref.kind.empty() ? "" : finding.ref.text() + ": ";
  const std::string fix = finding.fix.empty() ? "" : ". To mend it: " + finding.fix;
  json::Object result{{"ruleId", finding.rule},
                      {"ruleIndex", rule},
                      {"level", finding.verdict == Verdict::fail ? "error" : "warning"},
                      {"message", text_value(who + finding.message + fix + ".")},
                      {"locations", json::Array{location_of(finding)}},
                      {"partialFingerprints", json::Object{{"sentimarkFinding/v1", fingerprint_of(finding)}}}};
  if (finding.verdict == Verdict::accepted)
    result.emplace_back(
        "suppressions",
        json::Array{json::Object{{"kind", "external"}, {"justification", base::to_valid_utf8(finding.reason)}}});
  return result;
}

}  // namespace

std::string sarif_of(const std::vector<Finding>& findings, std::string_view version) {
  json::Value rules = json::Value::array();
  json::Value results = json::Value::array();
  std::map<std::string, std::int64_t> places;
  std::size_t left_out = 0;
  std::size_t told = 0;
  for (const Finding* finding : worst_first(findings)) {
    if (finding->verdict == Verdict::pass) continue;
    if (++told > k_results_limit) {
      ++left_out;
      continue;
    }
    const auto [place, fresh] = places.emplace(finding->rule, static_cast<std::int64_t>(places.size()));
    if (fresh) rules.push(rule_value(finding->rule));
    results.push(result_of(*finding, place->second));
  }
  json::Value driver =
      json::Object{{"name", "sentimark verify"}, {"semanticVersion", version}, {"rules", std::move(rules)}};
  json::Value run = json::Object{{"tool", json::Object{{"driver", std::move(driver)}}},
                                 {"columnKind", "unicodeCodePoints"},
                                 {"results", std::move(results)}};
  if (left_out > 0) run.set("properties", json::Object{{"resultsLeftOut", static_cast<std::int64_t>(left_out)}});
  return json::to_text(json::Object{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                                    {"version", "2.1.0"},
                                    {"runs", json::Array{std::move(run)}}}) +
         "\n";
}

}  // namespace sentimark::verify
