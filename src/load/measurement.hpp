// Measurement: what a load test saw. Two of them over the same files add up exactly.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "load/histogram.hpp"

namespace sentimark::load {

// Calls of one entry of a .hurl file. The first of an arrival counts from the moment at which it was due.
struct RequestCount {
  std::string name;  // "GET file:line"
  Histogram latencies;
  std::uint64_t failed = 0;  // ran into an error or a check that did not hold
};

// Runs of one .hurl file, each for one arrival.
struct ScenarioCount {
  std::string file;
  Histogram latencies;  // of whole runs
  std::uint64_t failed = 0;
  std::vector<RequestCount> requests;
};

// All of what came after the warm-up.
struct Measurement {
  std::vector<ScenarioCount> scenarios;
  Histogram latencies;  // of all requests
  Histogram late;       // how much later than due an arrival was begun, where nothing but ourselves was the reason
  std::uint64_t intended = 0;  // arrivals by the plan
  std::uint64_t started = 0;
  std::uint64_t finished = 0;
  std::uint64_t failed = 0;  // of the finished
  std::uint64_t connections = 0;
  std::uint64_t most_in_flight = 0;
  Micros lasted = 0;                              // from the end of the warm-up to the plan's end or the last answer
  std::map<std::string, std::uint64_t> failures;  // what went wrong how often; what is rare beyond 50 kinds is "other"
  std::string aborted;                            // why it was ended early; empty: it was not
  bool insecure = false;                          // some certificate was not looked at
  std::optional<std::uint64_t> throttled;  // CPU periods in which our cgroup was held back; unknown without cgroups

  double late_share(Micros than) const;  // of all arrivals
};

}  // namespace sentimark::load
