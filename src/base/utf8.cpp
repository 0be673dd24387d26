#include "base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace sentimark::base {
namespace {

constexpr CodePoint k_invalid{0xFFFD, 1, false};

unsigned byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

}  // namespace

CodePoint first_code_point(std::string_view text) {
  if (text.empty()) return {};
  const unsigned first = byte_at(text, 0);
  if (first < 0x80U) return {first, 1, true};
  std::size_t length = 0;
  if (first >= 0xC2U && first <= 0xDFU) length = 2;
  if (first >= 0xE0U && first <= 0xEFU) length = 3;
  if (first >= 0xF0U && first <= 0xF4U) length = 4;
  if (length == 0 || text.size() < length) return k_invalid;
  char32_t value = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const unsigned byte = byte_at(text, i);
    if ((byte & 0xC0U) != 0x80U) return k_invalid;
    value = (value << 6U) | (byte & 0x3FU);
  }
  const bool overlong = (length == 3 && value < 0x800U) || (length == 4 && value < 0x10000U);
  const bool surrogate = value >= 0xD800U && value <= 0xDFFFU;
  if (overlong || surrogate || value > 0x10FFFFU) return k_invalid;
  return {value, length, true};
}

CodePoint last_code_point(std::string_view text) {
  if (text.empty()) return {};
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    const CodePoint point = first_code_point(text.substr(text.size() - length));
    if (point.valid && point.length == length) return point;
  }
  return k_invalid;
}

void append_utf8(std::string& text, char32_t value) {
  if (value < 0x80U) {
    text.push_back(static_cast<char>(value));
    return;
  }
  unsigned tail = value < 0x800U ? 1 : (value < 0x10000U ? 2 : 3);
  constexpr unsigned lead[] = {0, 0xC0U, 0xE0U, 0xF0U};
  text.push_back(static_cast<char>(lead[tail] | (value >> (6U * tail))));
  while (tail-- > 0) text.push_back(static_cast<char>(0x80U | ((value >> (6U * tail)) & 0x3FU)));
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(first_code_point(text).length);
    ++count;
  }
  return count;
}

std::size_t valid_utf8_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t eight = 0;  // most texts are ASCII: eight bytes at a time
    if (text.size() - at >= sizeof eight) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080U) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const CodePoint point = first_code_point(text.substr(at));
    if (!point.valid) break;
    at += point.length;
  }
  return at;
}

bool is_valid_utf8(std::string_view text) { return valid_utf8_prefix(text) == text.size(); }

}  // namespace sentimark::base
