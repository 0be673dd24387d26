// Plan: when each request of an open model is to be sent, whatever became of those before it. Latency counts from these
// moments, so that a server that stalls is charged for everybody who waited.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "load/histogram.hpp"

namespace sentimark::load {

// The rate grows or shrinks evenly from `from` to `to`.
struct Stage {
  double from = 0;  // requests a second
  double to = 0;
  Micros lasts = 0;
};

class Plan {
 public:
  // Precondition: rates are finite and not negative.
  explicit Plan(std::vector<Stage> stages) : stages_(std::move(stages)) {}

  // Microseconds from the plan's start, never less than the last; nothing once the plan is over.
  std::optional<Micros> next();

  static std::uint64_t count(const std::vector<Stage>& stages);  // how many there will be

 private:
  std::vector<Stage> stages_;
  std::size_t stage_ = 0;
  Micros begun_ = 0;   // of the stage
  double before_ = 0;  // requests due before the stage, a fraction included
  std::uint64_t sent_ = 0;
};

}  // namespace sentimark::load
