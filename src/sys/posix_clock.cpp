#include <poll.h>

#include <algorithm>
#include <chrono>

#include "sys/posix_system.hpp"

namespace sentimark::sys {

base::WallTime PosixClock::wall() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<base::Millis>(now)};
}

base::Instant PosixClock::monotonic() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<base::Millis>(now)};
}

std::uint64_t PosixClock::micros() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

bool PosixClock::sleep_until(base::Instant deadline, const Stop& stop) {
  for (;;) {
    if (stop.requested()) return false;
    const base::Millis left = deadline - monotonic();
    if (left <= base::Millis{0}) return true;
    pollfd wake{wake_, POLLIN, 0};  // a negative descriptor is ignored by poll
    (void)::poll(&wake, 1, static_cast<int>(std::min<base::Millis::rep>(left.count(), 60'000)));
  }
}

}  // namespace sentimark::sys
