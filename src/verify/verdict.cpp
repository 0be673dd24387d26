#include "verify/verdict.hpp"

#include <algorithm>
#include <array>

namespace sentimark::verify {
namespace {

struct Row {
  Standing standing;
  std::string_view word;
  std::string_view icon;
  base::Outcome outcome;
};

// The weightiest first.
constexpr auto k_rows = std::to_array<Row>({
    {Standing::fail, "fail", "❌", base::Outcome::refused},
    {Standing::invalid, "invalid", "🚫", base::Outcome::invalid},
    {Standing::inconclusive, "inconclusive", "⏳", base::Outcome::inconclusive},
    {Standing::warn, "warn", "⚠️", base::Outcome::ok},
    {Standing::pass, "pass", "✅", base::Outcome::ok},
});

const Row& row_of(Standing standing) {
  return *std::find_if(k_rows.begin(), k_rows.end(), [&](const Row& row) { return row.standing == standing; });
}

}  // namespace

std::string_view word_of(Standing standing) { return row_of(standing).word; }

std::string_view icon_of(Standing standing) { return row_of(standing).icon; }

base::Outcome outcome_of(Standing standing) { return row_of(standing).outcome; }

Standing standing_of(const Counts& counts) {
  if (counts.fail > 0) return Standing::fail;
  if (counts.open > 0) return Standing::inconclusive;
  return counts.warn > 0 ? Standing::warn : Standing::pass;
}

Standing together(std::span<const Standing> areas) {
  for (const Row& row : k_rows) {
    if (std::find(areas.begin(), areas.end(), row.standing) != areas.end()) return row.standing;
  }
  return Standing::inconclusive;
}

}  // namespace sentimark::verify
