#include "verify/findings_table.hpp"

#include "runner/markdown.hpp"

namespace sentimark::verify {
namespace {

using runner::markdown_code;
using runner::markdown_text;

std::string place_of(const Finding& finding) {
  if (finding.file.empty()) return "";
  const std::string place = finding.file + (finding.mark.line > 0 ? ":" + std::to_string(finding.mark.line) : "");
  std::string text = markdown_code(place);
  if (finding.mark.line == 0) text += " (line unknown)";
  if (!finding.value_key.empty()) text += ", set by " + markdown_code(finding.value_file + ": " + finding.value_key);
  return text;
}

}  // namespace

std::string_view icon_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::fail:
      return "❌";
    case Verdict::warn:
      return "⚠️";
    case Verdict::accepted:
      return "☑️";
    case Verdict::open:
      return "⏳";
    default:
      return "✅";
  }
}

std::string row_of(const Finding& finding) {
  return "| " + std::string(icon_of(finding.verdict)) + " " + markdown_code(finding.rule) + " | " +
         (finding.ref.kind.empty() ? "" : markdown_code(finding.ref.text())) + " | " + place_of(finding) + " | " +
         markdown_text(finding.message) + " | " +
         markdown_text(finding.reason.empty() ? finding.fix : "accepted: " + finding.reason) + " |\n";
}

std::string findings_table(std::span<const Finding* const> findings, std::size_t room, std::size_t& left_out) {
  std::string text;
  std::size_t told = 0;
  for (const Finding* finding : findings) {
    const std::string row = row_of(*finding);
    if (k_findings_head.size() + text.size() + row.size() > room) break;
    text += row;
    ++told;
  }
  left_out += findings.size() - told;
  return told == 0 ? text : std::string(k_findings_head) + text;
}

}  // namespace sentimark::verify
