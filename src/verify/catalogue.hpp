// Every rule of verify manifests: what it means to a person who meets it for the first time.
#pragma once
#include <span>
#include <string_view>

namespace sentimark::verify {

struct RuleRow {
  std::string_view id;
  std::string_view title;     // one clause
  std::string_view why;       // one sentence
  std::string_view severity;  // 0.1 to 10.0, as code scanning ranks; empty for what is no matter of security
};

// In the order of docs/verify.md.
std::span<const RuleRow> catalogue();

// A row for every id, also one that the table does not have.
const RuleRow& rule_of(std::string_view id);

}  // namespace sentimark::verify
