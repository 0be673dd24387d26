// Clock: the only source of time and the only way to sleep.
#pragma once
#include <cstdint>

#include "base/time.hpp"
#include "sys/stop.hpp"

namespace sentimark::sys {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual base::WallTime wall() = 0;
  virtual base::Instant monotonic() = 0;
  // The same clock in microseconds, where it can tell them.
  virtual std::uint64_t micros() { return static_cast<std::uint64_t>(monotonic().since_start.count()) * 1000; }
  // Returns at the deadline or as soon as a stop is requested, whichever is first; true when the deadline was reached.
  virtual bool sleep_until(base::Instant deadline, const Stop& stop) = 0;
};

}  // namespace sentimark::sys
