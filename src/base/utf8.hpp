// UTF-8 (RFC 3629) one code point at a time.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace sentimark::base {

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;  // in bytes; 0 at the end of the text
  bool valid = false;      // false: the first byte starts no sequence; then the value is U+FFFD and the length 1
};

// The code point that the text starts with.
CodePoint first_code_point(std::string_view text);

// The code point that ends at the text's end.
CodePoint last_code_point(std::string_view text);

// Precondition: at most 0x10FFFF and no surrogate.
void append_utf8(std::string& text, char32_t value);

std::size_t count_code_points(std::string_view text);

// How many bytes of the text's beginning are valid.
std::size_t valid_utf8_prefix(std::string_view text);

bool is_valid_utf8(std::string_view text);

}  // namespace sentimark::base
