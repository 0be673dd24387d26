#include "verify/catalogue.hpp"

#include <algorithm>
#include <array>

namespace sentimark::verify {
namespace {

constexpr auto k_rules = std::to_array<RuleRow>({
#include "verify/rules.inc"
});

constexpr RuleRow k_unknown{"", "a rule", "docs/verify.md says more.", ""};

}  // namespace

std::span<const RuleRow> catalogue() { return k_rules; }

const RuleRow& rule_of(std::string_view id) {
  const auto row = std::find_if(k_rules.begin(), k_rules.end(), [&](const RuleRow& one) { return one.id == id; });
  return row == k_rules.end() ? k_unknown : *row;
}

}  // namespace sentimark::verify
