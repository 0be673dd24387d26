// Canary: a new version and the stable one under the same load at the same time, and whether the new one is worse.
#pragma once
#include <string>
#include <vector>

#include "load/verdict.hpp"

namespace sentimark::load {

struct Side {
  Histogram latencies;  // of whole arrivals
  std::uint64_t finished = 0;
  std::uint64_t failed = 0;
};

// Scenario i of the measurement belongs to side i modulo `count`.
std::vector<Side> sides_of(const Measurement& measurement, std::size_t count);

struct Margins {
  double errors = 0.01;     // by how much the share of failed arrivals may be larger
  double latency = 0.25;    // by how much a percentile may be longer, as a share of the stable one's
  std::uint64_t least = 1;  // finished arrivals of each, below which nothing passes
};

// One figure of both, and what lies between them.
struct Compared {
  std::string what;  // "errors", "p50", "p95"
  double stable = 0;
  double canary = 0;  // both: shares of errors, microseconds of percentiles
  double change = 0;  // of errors the difference, of percentiles the ratio less one
  double low = 0;
  double high = 0;  // both: 95 of 100 changes that chance alone makes of these two lie between
  double margin = 0;
  // fail: beyond the margin, and not by chance; inconclusive: beyond it, but chance could have done it.
  Verdict verdict() const;
};

// Difference of two shares with the interval of Newcombe (Statistics in Medicine 17, 1998, method 10), which holds for
// small counts and for none that failed. Precondition: both have finished arrivals.
Compared compare_errors(const Side& stable, const Side& canary, double margin);

struct CanaryJudgement {
  Verdict verdict = Verdict::pass;
  std::string reason;  // one sentence; empty for pass
  std::string cure;
  std::vector<Side> sides;         // stable, canary
  std::vector<Compared> compared;  // the percentiles that enough arrivals of both stand behind
};

// Of a measurement whose scenarios are the stable one's and the canary's in turn. invalid before all, as of any load;
// then fail, however few arrivals prove it; inconclusive, where there were fewer than the least, or chance could have
// done it, or the stable one itself fails; warn; pass. `rules` counts for invalid alone.
CanaryJudgement judge_canary(const Measurement& measurement, const Rules& rules, const Margins& margins);

}  // namespace sentimark::load
