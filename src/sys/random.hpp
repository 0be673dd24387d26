// Random: unpredictable bytes from the system.
#pragma once
#include <span>

namespace sentimark::sys {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<unsigned char> bytes) = 0;
};

}  // namespace sentimark::sys
