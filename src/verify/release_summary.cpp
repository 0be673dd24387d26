// The step summary of verify release: the verdict, a row for each area, what to mend first, charts, then everything.
#include <algorithm>

#include "base/text.hpp"
#include "runner/markdown.hpp"
#include "runner/workflow.hpp"
#include "verify/findings_table.hpp"
#include "verify/release_report.hpp"
#include "verify/report_order.hpp"

namespace sentimark::verify {
namespace {

using runner::markdown_code;
using runner::markdown_text;

constexpr std::size_t k_worst_told = 8;  // of an area
constexpr std::size_t k_worst_room = 100'000;
constexpr std::size_t k_cause_told = 2'000;
constexpr std::size_t k_patch_told = 60'000;
constexpr std::size_t k_room_for_end = 2'000;

std::string head_of(const ReleaseReport& report) {
  std::string text = "## " + std::string(icon_of(report.standing)) + " " + markdown_text(report.release) + " in " +
                     markdown_text(report.namespace_name);
  if (report.revision > 0) text += ", revision " + std::to_string(report.revision);
  text += ": " + std::string(word_of(report.standing)) + "\n\n";
  if (const Area* area = decisive(report)) {
    text += "**" + std::string(area->name) + "**: " + markdown_text(base::shorten(area->cause, k_cause_told));
    if (!area->cure.empty()) text += ". To mend it: " + markdown_text(base::shorten(area->cure, k_cause_told));
    text += ".\n\n";
  }
  return text;
}

std::string areas_of(const ReleaseReport& report) {
  std::string text =
      "| area | verdict | judged | failures | warnings | time | what it says |\n|---|---|---|---|---|---|---|\n";
  for (const Area& area : report.areas) {
    const Counts counts = count(area.findings);
    text += "| " + std::string(area.name) + " | " + std::string(icon_of(area.standing)) + " " +
            std::string(word_of(area.standing)) + " | " +
            (area.unit.empty() ? "" : std::to_string(area.judged) + " " + std::string(area.unit)) + " | " +
            std::to_string(counts.fail) + " | " + std::to_string(counts.warn) + " | " +
            base::human_duration(area.took) + " | " + markdown_text(base::shorten(area.headline, k_cause_told)) +
            " |\n";
  }
  for (const auto& [name, why] : report.left_out)
    text += "| " + name + " | left out | | | | | " + markdown_text(why) + " |\n";
  return text;
}

std::string worst_of(const ReleaseReport& report) {
  std::vector<const Finding*> worst;
  for (const Area& area : report.areas) {
    std::size_t told = 0;
    for (const Finding* finding : worst_first(area.findings)) {
      if (finding->verdict == Verdict::accepted || finding->verdict == Verdict::pass || ++told > k_worst_told) break;
      worst.push_back(finding);
    }
  }
  std::stable_partition(worst.begin(), worst.end(), [](const Finding* one) { return one->verdict != Verdict::warn; });
  std::size_t left_out = 0;
  const std::string table = findings_table(worst, k_worst_room, left_out);
  return table.empty() ? table : "\n### What to mend first\n\n" + table;
}

std::string number_of(double value) {
  std::string text = std::to_string(value);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string chart_of(const Chart& chart) {
  if (chart.bars.size() < 2) return {};
  std::vector<std::string> labels;
  std::vector<std::string> values;
  double most = 1;
  for (const auto& [label, value] : chart.bars) {
    labels.push_back(runner::mermaid_text(base::shorten(label, 40)));
    values.push_back(number_of(value));
    most = std::max(most, value);
  }
  return "\n```mermaid\nxychart-beta horizontal\n  title " + runner::mermaid_text(chart.title) + "\n  x-axis [" +
         base::join(labels, ", ") + "]\n  y-axis " + runner::mermaid_text(chart.unit) + " 0 --> " + number_of(most) +
         "\n  bar [" + base::join(values, ", ") + "]\n```\n";
}

std::string end_of(const ReleaseReport& report) {
  std::string text = "\nProfile " + report.profile + ", " + base::human_duration(report.took) + ", operation " +
                     markdown_code(report.operation);
  if (!report.package_sha256.empty())
    text += ", chart " + markdown_code("sha256:" + report.package_sha256) + ", values " +
            markdown_code("sha256:" + report.values_sha256);
  return text + "\n";
}

}  // namespace

std::string to_markdown(const ReleaseReport& report) {
  std::string text = head_of(report) + areas_of(report) + worst_of(report);
  for (const Area& area : report.areas) text += chart_of(area.chart);
  for (const Area& area : report.areas) {
    if (!area.patch.empty())
      text += "\n" + runner::markdown_fold("a patch that mends what stands in the wrong place",
                                           runner::markdown_block(base::shorten(area.patch, k_patch_told)));
  }
  for (std::size_t i = 0; i < report.areas.size(); ++i) {
    const Area& area = report.areas[i];
    const std::size_t used = std::min(text.size() + k_room_for_end, runner::k_summary_limit);
    std::size_t left_out = 0;
    const std::string table = findings_table(worst_first(area.findings),
                                             (runner::k_summary_limit - used) / (report.areas.size() - i), left_out);
    if (table.empty()) continue;
    text += "\n" + runner::markdown_fold(
                       std::string(area.name) + ": all " + std::to_string(area.findings.size()) + " findings", table);
    if (left_out > 0) text += "\nand " + std::to_string(left_out) + " more, which the report file has\n";
  }
  return text + end_of(report);
}

}  // namespace sentimark::verify
