// What verify load is to do, from its inputs.
#pragma once
#include "load/engine.hpp"
#include "load/verdict.hpp"
#include "runner/inputs.hpp"

namespace sentimark::verify {

struct LoadPlan {
  load::Shape shape;
  std::vector<load::Threshold> thresholds;
  double most_late = 0;
  std::uint64_t arrivals = 0;  // without the warm-up; 0: as many as the users come to

  double seconds() const;    // that are measured
  std::string text() const;  // one sentence for people
};

// A share of one, written as "1%" or "1": 0 to `most` per cent. Error: usage.
base::Result<double> read_share(const runner::Inputs& inputs, const std::string& input, double most);

// Error: usage.
base::Result<LoadPlan> read_load_plan(const runner::Inputs& inputs, base::Millis timeout, base::Millis request_timeout);

}  // namespace sentimark::verify
