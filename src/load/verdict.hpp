// Verdict: what a measurement means, and first of all whether it means anything.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "load/measurement.hpp"
#include "load/threshold.hpp"

namespace sentimark::load {

enum class Verdict : std::uint8_t { pass, warn, fail, inconclusive, invalid };
std::string_view word_of(Verdict verdict);

// A percentile beside that of an earlier run. The interval holds 95 of 100 ratios that chance alone makes of these two.
struct Comparison {
  Micros before = 0;
  Micros after = 0;
  double ratio = 1;
  double low = 1;
  double high = 1;
  bool worse() const { return ratio > 1.25 && low > 1; }
};
// By bootstrap, with the same random numbers every time. Precondition: both hold values.
Comparison compare(const Histogram& before, const Histogram& after, double percent);

struct Rules {
  std::vector<Threshold> thresholds;
  Micros late_after = 10'000;  // an arrival that we begin later than this was not sent as planned
  double most_late = 0.01;     // share of those that still lets the measurement stand
  double planned_seconds = 0;  // of what was measured
  std::optional<Comparison> baseline;
};

struct JudgedThreshold {
  Threshold threshold;
  ThresholdVerdict verdict;
};

struct Judgement {
  Verdict verdict = Verdict::pass;
  std::string reason;  // one sentence; empty for pass
  std::string cure;
  std::vector<JudgedThreshold> thresholds;
};

// invalid before all: what the generator spoilt says nothing of the release. Then fail; inconclusive, where too few
// values were seen; warn.
Judgement judge(const Measurement& measurement, const Rules& rules);

}  // namespace sentimark::load
