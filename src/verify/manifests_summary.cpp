// The step summary of verify manifests: the verdict, what to mend first, then everything by object.
#include <map>

#include "base/text.hpp"
#include "runner/markdown.hpp"
#include "runner/workflow.hpp"
#include "verify/catalogue.hpp"
#include "verify/report.hpp"
#include "verify/report_order.hpp"

namespace sentimark::verify {
namespace {

using runner::markdown_code;
using runner::markdown_text;

constexpr std::size_t k_worst_told = 15;
constexpr std::size_t k_patch_told = 60'000;
constexpr std::size_t k_room_for_end = 2'000;

std::string place_of(const Finding& finding) {
  std::string place = finding.file + (finding.mark.line > 0 ? ":" + std::to_string(finding.mark.line) : "");
  std::string text = markdown_code(place);
  if (finding.mark.line == 0) text += " (line unknown)";
  if (!finding.value_key.empty()) text += ", set by " + markdown_code(finding.value_file + ": " + finding.value_key);
  return text;
}

std::string_view icon(Verdict verdict) {
  return verdict == Verdict::fail       ? "❌"
         : verdict == Verdict::warn     ? "⚠️"
         : verdict == Verdict::accepted ? "☑️"
                                        : "✅";
}

std::string row_of(const Finding& finding) {
  std::string text = "| " + std::string(icon(finding.verdict)) + " " + markdown_code(finding.rule) + " | " +
                     (finding.ref.kind.empty() ? "" : markdown_code(finding.ref.text())) + " | " + place_of(finding) +
                     " | " + markdown_text(finding.message) + " | " +
                     markdown_text(finding.reason.empty() ? finding.fix : "accepted: " + finding.reason) + " |\n";
  return text;
}

constexpr std::string_view k_head = "| | object | where | what | fix |\n|---|---|---|---|---|\n";

// Which rules speak most: that is where one change mends many.
std::string by_rule(const std::vector<Finding>& findings) {
  struct Tally {
    std::size_t fail = 0, warn = 0, accepted = 0;
  };
  std::map<std::string, Tally> rules;
  for (const Finding& finding : findings) {
    if (finding.verdict == Verdict::pass) continue;
    Tally& tally = rules[finding.rule];
    tally.fail += finding.verdict == Verdict::fail ? 1U : 0U;
    tally.warn += finding.verdict == Verdict::warn ? 1U : 0U;
    tally.accepted += finding.verdict == Verdict::accepted ? 1U : 0U;
  }
  if (rules.empty()) return {};
  std::string text = "| rule | what it is | fail | warn | accepted |\n|---|---|---|---|---|\n";
  for (const auto& [rule, tally] : rules)
    text += "| " + markdown_code(rule) + " | " + markdown_text(rule_of(rule).title) + " | " +
            std::to_string(tally.fail) + " | " + std::to_string(tally.warn) + " | " + std::to_string(tally.accepted) +
            " |\n";
  return "\n" + runner::markdown_fold("by rule", text);
}

}  // namespace

std::string summary_of(const Judged& judged) {
  const Verdict verdict = worst(judged.findings);
  std::string text = "## " + std::string(icon(verdict)) + " Manifests: " + markdown_text(headline_of(judged)) + "\n";
  if (!judged.pod_security.empty()) text += "\nPod Security: " + markdown_text(judged.pod_security) + "\n";
  const std::vector<const Finding*> order = worst_first(judged.findings);
  std::size_t told = 0;
  for (const Finding* finding : order) {
    if (finding->verdict == Verdict::pass || finding->verdict == Verdict::accepted || told == k_worst_told) break;
    if (told++ == 0) text += "\n" + std::string(k_head);
    text += row_of(*finding);
  }
  if (!judged.patch.empty())
    text += "\n" + runner::markdown_fold("a patch that mends what stands in the wrong place",
                                         runner::markdown_block(base::shorten(judged.patch, k_patch_told)));
  text += by_rule(judged.findings);
  std::string rest;
  std::size_t left_out = 0;
  std::size_t at = 0;
  for (const Finding* finding : order) {
    if (++at <= told || finding->verdict == Verdict::pass) continue;
    std::string row = left_out == 0 ? row_of(*finding) : std::string();
    if (left_out > 0 || text.size() + rest.size() + row.size() + k_room_for_end > runner::k_summary_limit) {
      ++left_out;
    } else {
      rest += row;
    }
  }
  if (!rest.empty()) text += "\n" + runner::markdown_fold("all other findings", std::string(k_head) + rest);
  if (left_out > 0) text += "\nand " + std::to_string(left_out) + " more, which the SARIF file has\n";
  std::string files;
  for (const std::string& file : judged.files) {
    if (files.size() > k_room_for_end / 2) break;
    files += (files.empty() ? "" : ", ") + markdown_code(base::shorten(file, 200));
  }
  return text + "\n" + std::to_string(judged.objects) + " objects of " + files + "\n";
}

}  // namespace sentimark::verify
