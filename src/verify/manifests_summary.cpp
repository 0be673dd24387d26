// The step summary of verify manifests: the verdict, what to mend first, then everything by object.
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "runner/markdown.hpp"
#include "runner/workflow.hpp"
#include "verify/catalogue.hpp"
#include "verify/findings_table.hpp"
#include "verify/report.hpp"
#include "verify/report_order.hpp"

namespace sentimark::verify {
namespace {

using runner::markdown_code;
using runner::markdown_text;

constexpr std::size_t k_worst_told = 15;
constexpr std::size_t k_patch_told = 60'000;
constexpr std::size_t k_room_for_end = 2'000;

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
  std::string text = "## " + std::string(icon_of(verdict)) + " Manifests: " + markdown_text(headline_of(judged)) + "\n";
  if (!judged.pod_security.empty()) text += "\nPod Security: " + markdown_text(judged.pod_security) + "\n";
  const std::vector<const Finding*> order = worst_first(judged.findings);
  std::vector<const Finding*> worst;
  std::vector<const Finding*> rest;
  for (const Finding* finding : order) {
    if (finding->verdict == Verdict::pass) continue;
    const bool first = finding->verdict != Verdict::accepted && worst.size() < k_worst_told;
    (first ? worst : rest).push_back(finding);
  }
  std::size_t left_out = 0;
  if (!worst.empty()) text += "\n" + findings_table(worst, runner::k_summary_limit / 2, left_out);
  if (!judged.patch.empty())
    text += "\n" + runner::markdown_fold("a patch that mends what stands in the wrong place",
                                         runner::markdown_block(base::shorten(judged.patch, k_patch_told)));
  text += by_rule(judged.findings);
  const std::size_t used = text.size() + k_room_for_end;
  const std::size_t room = runner::k_summary_limit - std::min(used, runner::k_summary_limit);
  const std::string table = findings_table(rest, room, left_out);
  if (!table.empty()) text += "\n" + runner::markdown_fold("all other findings", table);
  if (left_out > 0) text += "\nand " + std::to_string(left_out) + " more, which the SARIF file has\n";
  std::string files;
  for (const std::string& file : judged.files) {
    if (files.size() > k_room_for_end / 2) break;
    files += (files.empty() ? "" : ", ") + markdown_code(base::shorten(file, 200));
  }
  return text + "\n" + std::to_string(judged.objects) + " objects of " + files + "\n";
}

}  // namespace sentimark::verify
