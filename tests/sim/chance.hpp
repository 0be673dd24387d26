// Chance: every choice of a seed, from one stream.
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "base/time.hpp"

namespace sentimark::sim {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15U + 0x2545f4914f6cdd1dU) {}

  std::uint64_t next() {  // SplitMix64
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  // 0 to n-1. Precondition: n > 0.
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  // True with this many in a thousand.
  bool thousandth(std::uint64_t count) { return below(1000) < count; }
  base::Millis between(std::int64_t low, std::int64_t high) {
    return base::Millis{low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low + 1)))};
  }
  // From 1 to `limit`, small numbers as likely as large ones.
  std::uint64_t spread(std::uint64_t limit) {
    std::uint64_t top = 2 + below(limit - 1);
    while (top > 4 && below(2) == 0) top /= 2;
    return 1 + below(top);
  }
  template <typename T, std::size_t N>
  T pick(const std::array<T, N>& choices) {
    return choices[below(N)];
  }

 private:
  std::uint64_t state_;
};

}  // namespace sentimark::sim
