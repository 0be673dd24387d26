// What a load test saw, in every form that somebody reads.
#pragma once
#include <string>

#include "json/value.hpp"
#include "load/verdict.hpp"
#include "verify/junit.hpp"
#include "verify/load_inputs.hpp"

namespace sentimark::verify {

struct LoadReport {
  const LoadPlan& plan;
  const load::Measurement& measurement;
  const load::Judgement& judgement;
  const load::Rules& rules;
};

std::string to_text(const LoadReport& report);
json::Value to_json(const LoadReport& report);        // what baseline-file of a later run reads
std::string to_json_lines(const LoadReport& report);  // one for each threshold and request, and the verdict
JunitSuite suite_of(const LoadReport& report);        // a test case for each threshold, and one for the verdict
std::string to_markdown(const LoadReport& report);

// The latencies in the JSON result of an earlier run. Error: config.
base::Result<load::Histogram> read_baseline(std::string_view text);

}  // namespace sentimark::verify
