#include "jsonpath/normalized.hpp"

namespace sentimark::jsonpath {

std::string normalized_name(std::string_view name) {
  constexpr std::string_view plain = "\b\t\n\f\r'\\";
  constexpr std::string_view letters = "btnfr'\\";
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "['";
  for (const char c : name) {
    const std::size_t known = c == '\0' ? std::string_view::npos : plain.find(c);
    if (known != std::string_view::npos) {
      text.push_back('\\');
      text.push_back(letters[known]);
    } else if (static_cast<unsigned char>(c) < 0x20U) {
      text += "\\u00";
      text.push_back(digits[static_cast<unsigned char>(c) >> 4U]);
      text.push_back(digits[static_cast<unsigned char>(c) & 15U]);
    } else {
      text.push_back(c);
    }
  }
  return text + "']";
}

}  // namespace sentimark::jsonpath
