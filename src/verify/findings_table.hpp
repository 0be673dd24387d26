// Findings as a Markdown table, as every summary shows them.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "verify/finding.hpp"

namespace sentimark::verify {

std::string_view icon_of(Verdict verdict);

inline constexpr std::string_view k_findings_head = "| | object | where | what | fix |\n|---|---|---|---|---|\n";

// One row: nothing that others wrote can format, link or end it.
std::string row_of(const Finding& finding);

// The head and as many rows as fit into `room` bytes; empty for no finding. `left_out` grows by the rest.
std::string findings_table(std::span<const Finding* const> findings, std::size_t room, std::size_t& left_out);

}  // namespace sentimark::verify
