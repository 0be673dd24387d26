// Watch: ends a test early that cannot be saved any more.
#pragma once
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "load/threshold.hpp"

namespace sentimark::load {

class Watch {
 public:
  static constexpr std::uint64_t k_least = 100;  // arrivals before anything is judged
  static constexpr Micros k_window = 5'000'000;  // over which more than half may not fail

  // `arrivals` is how many there will be, and `requests` how many of theirs; 0: unknown, as in the closed model.
  Watch(std::span<const Threshold> thresholds, std::uint64_t arrivals, std::uint64_t requests);

  void request(Micros latency);
  // An arrival has come to its end at `now`. Why the test is lost, once it is.
  std::optional<std::string> arrival(Micros now, bool failed);

 private:
  struct Beyond {
    Threshold threshold;
    std::uint64_t count = 0;  // of values that do not keep its bound
    std::uint64_t allowed = 0;
  };
  struct Second {
    Micros begun = 0;
    std::uint64_t all = 0;
    std::uint64_t failed = 0;
  };
  std::optional<std::string> lost(Micros now) const;
  std::vector<Beyond> latencies_;
  std::vector<Beyond> errors_;
  std::deque<Second> seconds_;
  std::uint64_t all_ = 0;
};

}  // namespace sentimark::load
