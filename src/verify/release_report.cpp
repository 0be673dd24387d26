#include "verify/release_report.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "helm/values.hpp"
#include "json/text.hpp"
#include "verify/report.hpp"
#include "verify/report_order.hpp"

namespace sentimark::verify {
namespace {

constexpr std::size_t k_worst_told = 10;  // of an area, on a screen
constexpr std::int64_t k_schema = 1;

std::string padded(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(text.size() < width ? width - text.size() : 0, ' ') + "  ";
}

json::Value number(std::size_t value) { return static_cast<std::int64_t>(value); }

json::Value to_json(const Area& area) {
  const Counts counts = count(area.findings);
  return json::Object{{"verdict", word_of(area.standing)},        {"judged", number(area.judged)},
                      {"failures", number(counts.fail)},          {"warnings", number(counts.warn)},
                      {"inconclusive", number(counts.open)},      {"accepted", number(counts.accepted)},
                      {"tookMs", std::int64_t{area.took.count()}}};
}

}  // namespace

const Area* decisive(const ReleaseReport& report) {
  if (outcome_of(report.standing) == base::Outcome::ok) return nullptr;
  const auto area = std::find_if(report.areas.begin(), report.areas.end(),
                                 [&](const Area& one) { return one.standing == report.standing; });
  return area == report.areas.end() ? nullptr : &*area;
}

std::vector<Finding> findings_of(const ReleaseReport& report) {
  std::vector<Finding> all;
  for (const Area& area : report.areas) all.insert(all.end(), area.findings.begin(), area.findings.end());
  return all;
}

std::string to_text(const ReleaseReport& report) {
  std::string text;
  for (const Area& area : report.areas)
    text += padded(word_of(area.standing), 12) + padded(area.name, 9) + base::one_line(area.headline) + "\n";
  for (const auto& [name, why] : report.left_out) text += padded("left out", 12) + padded(name, 9) + why + "\n";
  for (const Area& area : report.areas) {
    std::size_t told = 0;
    for (const Finding* finding : worst_first(area.findings)) {
      if (finding->verdict != Verdict::fail && finding->verdict != Verdict::open) break;
      if (++told <= k_worst_told) text += line_of(*finding) + "\n";
    }
    if (told > k_worst_told)
      text += "and " + std::to_string(told - k_worst_told) + " more of " + std::string(area.name) + "\n";
  }
  return text + "verdict: " + std::string(word_of(report.standing)) + "\n";
}

json::Value to_json(const ReleaseReport& report) {
  json::Value areas = json::Value::object();
  for (const Area& area : report.areas) areas.set(area.name, to_json(area));
  json::Value left_out = json::Value::object();
  for (const auto& [name, why] : report.left_out) left_out.set(name, why);
  json::Value verdict = json::Object{{"schemaVersion", k_schema},           {"operation", report.operation},
                                     {"release", report.release},           {"namespace", report.namespace_name},
                                     {"cluster", report.cluster},           {"revision", report.revision},
                                     {"profile", report.profile},           {"verifiedAt", base::to_rfc3339(report.at)},
                                     {"verdict", word_of(report.standing)}, {"areas", std::move(areas)},
                                     {"leftOut", std::move(left_out)}};
  if (!report.package_sha256.empty()) {
    verdict.set("chartDigest", "sha256:" + report.package_sha256);
    verdict.set("valuesDigest", "sha256:" + report.values_sha256);
  }
  if (const Area* area = decisive(report))
    verdict.set("cause", std::string(area->name) + ": " + base::one_line(area->cause));
  return helm::sorted(verdict);
}

std::string to_json_lines(const ReleaseReport& report) {
  std::string lines;
  for (const Area& area : report.areas) {
    for (const Finding& finding : area.findings) {
      json::Value row = json_of(finding);
      row.set("area", area.name);
      lines += json::to_text(row) + "\n";
    }
  }
  return lines + json::to_text(to_json(report)) + "\n";
}

}  // namespace sentimark::verify
