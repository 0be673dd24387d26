#include "verify/finding.hpp"

#include <array>

namespace sentimark::verify {

std::string_view word_of(Verdict verdict) {
  static constexpr std::array<std::string_view, 5> k_words{"pass", "warn", "fail", "accepted", "inconclusive"};
  return k_words[static_cast<std::size_t>(verdict)];
}

Counts count(const std::vector<Finding>& findings) {
  Counts counts;
  for (const Finding& finding : findings) {
    counts.fail += finding.verdict == Verdict::fail ? 1U : 0U;
    counts.warn += finding.verdict == Verdict::warn ? 1U : 0U;
    counts.accepted += finding.verdict == Verdict::accepted ? 1U : 0U;
    counts.pass += finding.verdict == Verdict::pass ? 1U : 0U;
    counts.open += finding.verdict == Verdict::open ? 1U : 0U;
  }
  return counts;
}

Verdict worst(const std::vector<Finding>& findings) {
  const Counts counts = count(findings);
  return counts.fail > 0 ? Verdict::fail : counts.warn > 0 ? Verdict::warn : Verdict::pass;
}

}  // namespace sentimark::verify
