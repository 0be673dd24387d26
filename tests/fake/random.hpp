// FakeRandom: the same bytes at every run of a seed (SplitMix64).
#pragma once
#include <cstdint>

#include "sys/random.hpp"

namespace sentimark::fake {

class FakeRandom final : public sys::Random {
 public:
  explicit FakeRandom(std::uint64_t seed = 1) : state_(seed) {}

  void fill(std::span<unsigned char> bytes) override {
    for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(next());
  }

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

 private:
  std::uint64_t state_;
};

}  // namespace sentimark::fake
