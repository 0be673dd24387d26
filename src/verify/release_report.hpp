// ReleaseReport: one verdict on a release over all areas, in every form that somebody or something reads.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "json/value.hpp"
#include "verify/area.hpp"

namespace sentimark::verify {

struct ReleaseReport {
  std::string operation;
  std::string release;
  std::string namespace_name;
  std::string cluster;        // empty: it was not reached
  std::int64_t revision = 0;  // 0: not known
  std::string profile;
  std::string package_sha256;  // both empty: no chart was given
  std::string values_sha256;   //
  base::WallTime at;           // of the verdict
  base::Millis took{0};
  Standing standing = Standing::inconclusive;
  std::vector<Area> areas;                                    // in the order in which they ran
  std::vector<std::pair<std::string, std::string>> left_out;  // area, and why
};

// The area whose standing is the verdict, the first one; null for pass and warn.
const Area* decisive(const ReleaseReport& report);

std::vector<Finding> findings_of(const ReleaseReport& report);

// A line for each area, what stands in the way of a pass, and the verdict.
std::string to_text(const ReleaseReport& report);

// A line for each finding, as the areas' own verbs write them, with `area`; the last one is the verdict.
std::string to_json_lines(const ReleaseReport& report);

// The verdict for machines, docs/protocols/verdict.md: members sorted, no white space, whole numbers only, so that the
// same verdict has the same bytes (RFC 8785).
json::Value to_json(const ReleaseReport& report);

// Verdict first, under runner::k_summary_limit; nothing that others wrote can format or link.
std::string to_markdown(const ReleaseReport& report);

// One file that needs no other and runs no script.
std::string to_html(const ReleaseReport& report);

}  // namespace sentimark::verify
