#include "verify/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sentimark::verify {

std::string figure(double value) {
  const auto thousandths = static_cast<std::uint64_t>(std::llround(std::max(0.0, value) * 1000));
  std::string part = std::to_string(thousandths % 1000);
  part.insert(0, 3 - part.size(), '0');
  return std::to_string(thousandths / 1000) + "." + part;
}

std::string millis_text(double micros) { return figure(micros / 1000) + " ms"; }

std::string percent_text(double share) { return (share < 0 ? "-" : "") + figure(std::abs(share) * 100) + " %"; }

}  // namespace sentimark::verify
