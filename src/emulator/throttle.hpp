// A token bucket, as Azure counts requests. Pure: time comes from the caller.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sentimark::emulator {

class TokenBucket {
 public:
  TokenBucket(double burst, double per_second) : burst_(burst), per_second_(per_second), left_(burst) {}

  // Seconds, at least 1, after which to come again; 0: go on. now: seconds of any clock that does not go back. As on
  // Azure, a request that is refused costs nothing.
  std::int64_t take(double now) {
    left_ = std::min(burst_, left_ + (now - last_) * per_second_);
    last_ = now;
    if (left_ < 1) return std::max<std::int64_t>(1, std::llround(std::ceil((1 - left_) / per_second_)));
    left_ -= 1;
    return 0;
  }

 private:
  double burst_, per_second_, left_;
  double last_ = 0;
};

}  // namespace sentimark::emulator
