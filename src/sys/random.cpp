#include "sys/random.hpp"

#include <array>

#include "base/encoding.hpp"

namespace sentimark::sys {

std::string random_id(Random& random) {
  std::array<unsigned char, 16> bytes{};
  random.fill(bytes);
  return base::to_hex(bytes);
}

}  // namespace sentimark::sys
