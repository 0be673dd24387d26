#include "jsonpath/cursor.hpp"

#include <limits>

#include "base/utf8.hpp"
#include "json/text.hpp"

namespace sentimark::jsonpath {
namespace {

constexpr std::int64_t k_largest_exact = (std::int64_t{1} << 53) - 1;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_name_first(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80U;
}

}  // namespace

void Cursor::skip_blanks() {
  while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
}

void Cursor::fail_at(std::size_t offset, std::string why) {
  if (!failed()) {
    fault_ = std::move(why);
    fault_offset_ = offset;
  }
  at_ = text_.size();
}

base::Error Cursor::error() const {
  const std::size_t column = base::count_code_points(text_.substr(0, fault_offset_)) + 1;
  return base::fail(base::Outcome::config,
                    "not a valid JSONPath query at column " + std::to_string(column) + ": " + fault_, {}, "jsonpath");
}

std::string Cursor::string_literal() {
  const std::size_t start = at_;
  const char quote = text_[at_++];
  std::string value;
  for (;;) {
    if (done()) return fail_at(start, "the string does not end"), std::string();
    const char c = text_[at_];
    if (c == quote) break;
    if (static_cast<unsigned char>(c) < 0x20U)
      return fail("a control character in a string must be escaped"), std::string();
    if (c == '\\') {
      escape(quote, value);
    } else {
      value.push_back(c);
      ++at_;
    }
  }
  ++at_;
  return value;
}

void Cursor::escape(char quote, std::string& value) {
  const std::size_t start = at_++;
  const char c = peek();
  constexpr std::string_view from = "bfnrt/\\";
  constexpr std::string_view to = "\b\f\n\r\t/\\";
  const std::size_t known = c == '\0' ? std::string_view::npos : from.find(c);
  if (c == quote || known != std::string_view::npos) {
    value.push_back(c == quote ? c : to[known]);
    ++at_;
    return;
  }
  if (c != 'u') return fail_at(start, "an escape that strings do not have");
  ++at_;
  auto unit = hex4();
  char32_t point = unit;
  if (unit >= 0xD800U && unit <= 0xDBFFU) {
    if (!take("\\u")) return fail_at(start, "half of a surrogate pair");
    auto low = hex4();
    if (low < 0xDC00U || low > 0xDFFFU) return fail_at(start, "half of a surrogate pair");
    point = 0x10000U + ((unit - 0xD800U) << 10U) + (low - 0xDC00U);
  } else if (unit >= 0xDC00U && unit <= 0xDFFFU) {
    return fail_at(start, "half of a surrogate pair");
  }
  base::append_utf8(value, point);
  return;
}

std::uint32_t Cursor::hex4() {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = peek();
    const char lower = static_cast<char>(c | 0x20);
    if (!is_digit(c) && !(lower >= 'a' && lower <= 'f')) return fail("four hexadecimal digits are needed"), 0U;
    value = value * 16 + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : lower - 'a' + 10);
    ++at_;
  }
  return value;
}

bool Cursor::digits() {
  const std::size_t start = at_;
  while (is_digit(peek())) ++at_;
  return at_ > start;
}

std::int64_t Cursor::integer() {
  const std::size_t start = at_;
  const bool negative = take("-");
  const std::size_t first = at_;
  if (!digits()) return fail("a digit is needed"), 0;
  if (text_[first] == '0' && (negative || at_ - first > 1))
    return fail_at(start, "neither -0 nor leading zeros are integers"), 0;
  std::int64_t value = 0;
  for (std::size_t i = first; i < at_; ++i) {
    value = value * 10 + (text_[i] - '0');
    if (value > k_largest_exact)
      return fail_at(start, "the integer is outside the range of exact integers (RFC 7493)"), 0;
  }
  return negative ? -value : value;
}

json::Value Cursor::number() {
  const std::size_t start = at_;
  take("-");
  const std::size_t first = at_;
  if (!digits()) return fail("a digit is needed"), json::Value();
  if (text_[first] == '0' && at_ - first > 1) return fail_at(start, "a number has no leading zeros"), json::Value();
  if (take(".") && !digits()) return fail("a digit is needed behind the point"), json::Value();
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (!take("-")) take("+");
    if (!digits()) return fail("a digit is needed in the exponent"), json::Value();
  }
  auto value = json::parse(text_.substr(start, at_ - start));
  if (value) return std::move(value).value();
  // The one number that JSON can write and a double cannot hold.
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return json::Value(text_[start] == '-' ? -infinity : infinity);
}

std::string_view Cursor::member_name() {
  const std::size_t start = at_;
  if (!is_name_first(peek())) return {};
  while (is_name_first(peek()) || is_digit(peek())) ++at_;
  return text_.substr(start, at_ - start);
}

std::string_view Cursor::lower_name() {
  const std::size_t start = at_;
  if (!is_lower(peek())) return {};
  while (is_lower(peek()) || is_digit(peek()) || peek() == '_') ++at_;
  return text_.substr(start, at_ - start);
}

}  // namespace sentimark::jsonpath
