// What a canary and its stable release showed beside each other, in every form that somebody reads.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "json/value.hpp"
#include "load/canary.hpp"
#include "verify/finding.hpp"

namespace sentimark::verify {

struct CanaryReport {
  std::string plan;
  load::CanaryJudgement judgement;
  std::map<std::string, std::uint64_t> failures;  // of both: what went wrong how often
  std::string weight;                             // per cent of the traffic that the canary may have; empty: not known
};

// One for each figure that was compared, which is its rule, and one of the rule "verdict" where that is no pass.
std::vector<Finding> findings_of(const CanaryReport& report);

std::string to_text(const CanaryReport& report);
json::Value to_json(const CanaryReport& report);
std::string to_json_lines(const CanaryReport& report);  // one for each figure, and the verdict
std::string to_markdown(const CanaryReport& report);

}  // namespace sentimark::verify
