#include "kube/quantity.hpp"

#include <array>
#include <cmath>
#include <string_view>

namespace sentimark::kube {
namespace {

struct Suffix {
  std::string_view text;
  double factor;
};

constexpr std::array<Suffix, 15> k_suffixes{{{"", 1},
                                             {"m", 1e-3},
                                             {"u", 1e-6},
                                             {"n", 1e-9},
                                             {"k", 1e3},
                                             {"M", 1e6},
                                             {"G", 1e9},
                                             {"T", 1e12},
                                             {"P", 1e15},
                                             {"E", 1e18},
                                             {"Ki", 1024},
                                             {"Mi", 1048576.0},
                                             {"Gi", 1073741824.0},
                                             {"Ti", 1099511627776.0},
                                             {"Pi", 1125899906842624.0}}};

}  // namespace

std::optional<std::int64_t> milli_quantity(const json::Value& value) {
  double number = value.number_or(0);
  if (!value.is_number()) {
    std::string_view text = value.string_or_empty();
    if (text.empty() || text.size() > 40) return std::nullopt;
    double scale = 1;
    bool digits = false;
    bool point = false;
    while (!text.empty() && ((text[0] >= '0' && text[0] <= '9') || (text[0] == '.' && !point))) {
      if (text[0] == '.') {
        point = true;
      } else {
        digits = true;
        number = number * 10 + (text[0] - '0');
        if (point) scale *= 10;
      }
      text.remove_prefix(1);
    }
    if (!digits) return std::nullopt;
    number /= scale;
    const Suffix* found = nullptr;
    for (const Suffix& one : k_suffixes) {
      if (one.text == text) found = &one;
    }
    if (found != nullptr) {
      number *= found->factor;
    } else if (text.size() == 2 && (text[0] == 'e' || text[0] == 'E') && text[1] >= '0' && text[1] <= '9') {
      number *= std::pow(10, text[1] - '0');
    } else {
      return std::nullopt;
    }
  }
  const double milli = std::round(number * 1000);
  if (!(milli >= 0 && milli < 9e18)) return std::nullopt;
  return static_cast<std::int64_t>(milli);
}

}  // namespace sentimark::kube
