// Random: unpredictable bytes from the system.
#pragma once
#include <span>
#include <string>

namespace sentimark::sys {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<unsigned char> bytes) = 0;
};

std::string random_id(Random& random);  // 32 hex digits: 128 bits

}  // namespace sentimark::sys
