// What a load test saw, in every form that somebody reads.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "json/value.hpp"
#include "load/verdict.hpp"
#include "verify/junit.hpp"
#include "verify/load_inputs.hpp"
#include "verify/verdict.hpp"

namespace sentimark::verify {

struct LoadReport {
  LoadPlan plan;
  load::Measurement measurement;
  load::Judgement judgement;
  load::Rules rules;
};

Standing standing_of(load::Verdict verdict);
Verdict finding_verdict(load::Verdict verdict);  // neither inconclusive nor invalid says anything of the service

// One for each threshold, which is its rule, and one of the rule "verdict". A broken threshold of an invalid
// measurement is open: it says nothing of the service.
std::vector<Finding> findings_of(const LoadReport& report);

// How many requests took how long, in steps that double: "to 2.000 ms".
std::vector<std::pair<std::string, double>> bars_of(const load::Histogram& latencies);

std::string headline_of(const LoadReport& report);  // rate, errors and p95 in one clause
std::string to_text(const LoadReport& report);
json::Value to_json(const LoadReport& report);        // what baseline-file of a later run reads
std::string to_json_lines(const LoadReport& report);  // one for each threshold and request, and the verdict
JunitSuite suite_of(const LoadReport& report);        // a test case for each threshold, and one for the verdict
std::string to_markdown(const LoadReport& report);

// The latencies in the JSON result of an earlier run. Error: config.
base::Result<load::Histogram> read_baseline(std::string_view text);

}  // namespace sentimark::verify
