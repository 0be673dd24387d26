// Policy: which findings somebody has looked at and accepts, and why: annotations, a policy file, a baseline.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "verify/finding.hpp"
#include "verify/objects.hpp"

namespace sentimark::verify {

// An annotation with this prefix and a rule behind it accepts that rule on its object: the value is the reason.
inline constexpr std::string_view k_ignore_annotation = "verify.sentimark.dev/ignore-";

struct Policy {
  struct Ignore {
    std::string rule;                              // an id, or a pattern: "SEC-*"
    std::string kind, name, namespace_name, path;  // patterns; empty fits everything
    std::string reason;
    std::string until;  // YYYY-MM-DD, the last day on which it counts; empty: for ever
    std::uint32_t line = 0;
  };
  std::string file;
  std::vector<Ignore> ignores;
  std::map<std::string, Verdict> levels;  // rule -> warn or fail, instead of its own
};

// A map with the lists "ignore" (rule and reason needed; kind, name, namespace, path, until) and the map "levels".
// Error: config with file and line for what is none of that, or gives no reason.
base::Result<Policy> parse_policy(const std::string& text, const std::string& file);

// Levels first, then what is accepted. An entry that fits nothing, or whose day has passed, becomes a finding itself.
void apply_policy(const Policy& policy, const Objects& objects, base::WallTime now, std::vector<Finding>& findings);

// Which finding it is, whatever line it moves to: 32 hex digits.
std::string fingerprint_of(const Finding& finding);

// A file of what is known. Error of the second: config.
std::string baseline_of(const std::vector<Finding>& findings);
base::Done apply_baseline(const std::string& text, const std::string& file, std::vector<Finding>& findings);

}  // namespace sentimark::verify
