// What a measurement must keep to: "p(95)<500", "errors<1%", "rate>=0.95".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "load/histogram.hpp"

namespace sentimark::load {

struct Threshold {
  enum class Metric : std::uint8_t { percentile, average, least, most, errors, rate, per_second };
  enum class Relation : std::uint8_t { less, at_most, more, at_least };
  Metric metric = Metric::percentile;
  double percent = 0;  // of percentile
  Relation relation = Relation::less;
  double bound = 0;    // microseconds; of errors and rate a fraction; of per_second a number
  std::string source;  // as written
};

// Separated by commas or line ends. Left: p(N) with 0 < N <= 100, avg, min, max (milliseconds, or with us, ms or s),
// errors (a fraction or per cent), rate (achieved by intended, the same), rps. Between: < <= > >=. Error: usage with
// the column.
base::Result<std::vector<Threshold>> parse_thresholds(std::string_view text);

struct Measured {
  const Histogram& latencies;
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;
  double intended_per_second = 0;
  double achieved_per_second = 0;
};

struct ThresholdVerdict {
  bool holds = false;
  bool enough = true;  // values for this percentile; too few judge nothing
  double actual = 0;   // in the bound's unit
};
ThresholdVerdict judge(const Threshold& threshold, const Measured& measured);

}  // namespace sentimark::load
