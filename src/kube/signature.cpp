#include "kube/signature.hpp"

#include <array>

namespace sentimark::kube {
namespace {

constexpr std::array<std::string_view, 4> k_acts{"automatic", "wait", "rollback", "human"};

std::optional<std::vector<Field>> match_any(std::string_view patterns, std::string_view text) {
  while (!patterns.empty()) {
    const std::string_view pattern = patterns.substr(0, patterns.find('\n'));
    if (auto fields = match(pattern, text)) return fields;
    patterns.remove_prefix(std::min(patterns.size(), pattern.size() + 1));
  }
  return std::nullopt;
}

}  // namespace

std::string_view word_of(Act act) { return k_acts[static_cast<std::size_t>(act)]; }

std::optional<Diagnosis> diagnose(std::span<const Signature> rows, std::string_view text, std::vector<Field> known) {
  for (const Signature& row : rows) {
    auto fields = match_any(row.patterns, text);
    if (!fields) continue;
    fields->insert(fields->end(), known.begin(), known.end());
    return Diagnosis{&row, fill(row.cause, *fields), fill(row.advice, *fields), std::move(*fields)};
  }
  return std::nullopt;
}

}  // namespace sentimark::kube
