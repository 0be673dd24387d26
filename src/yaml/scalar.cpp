#include "yaml/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string_view>

namespace sentimark::yaml {
namespace {

constexpr std::array<std::string_view, 5> k_null{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 11> k_true{"y",    "Y",    "yes", "Yes", "YES", "true",
                                                  "True", "TRUE", "on",  "On",  "ON"};
constexpr std::array<std::string_view, 11> k_false{"n",     "N",     "no",  "No",  "NO", "false",
                                                   "False", "FALSE", "off", "Off", "OFF"};

template <typename List>
bool is_one_of(const std::string& text, const List& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool looks_numeric(const std::string& text) {
  const char first = text.front();
  return (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
}

std::optional<std::int64_t> whole(std::string_view digits, int base, bool negative) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  constexpr std::uint64_t top = std::uint64_t{1} << 63U;
  if (negative ? value > top : value >= top) return std::nullopt;
  if (!negative) return static_cast<std::int64_t>(value);
  return value == top ? std::numeric_limits<std::int64_t>::min() : -static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> integer(std::string_view text) {
  bool negative = false;
  if (text.front() == '-' || text.front() == '+') {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  if (text.size() > 2 && text[0] == '0') {
    if (text[1] == 'x' || text[1] == 'X') return whole(text.substr(2), 16, negative);
    if (text[1] == 'b' || text[1] == 'B') return whole(text.substr(2), 2, negative);
    if (text[1] == 'o' || text[1] == 'O') return whole(text.substr(2), 8, negative);
  }
  if (text.size() > 1 && text[0] == '0') return whole(text.substr(1), 8, negative);
  return whole(text, 10, negative);
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool is_float(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - begin;
  };
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  const std::size_t before = digits();
  std::size_t after = 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    after = digits();
  }
  if (before + after == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

}  // namespace

json::Value resolve_plain(const std::string& text) {
  if (is_one_of(text, k_null)) return {};
  if (is_one_of(text, k_true)) return true;
  if (is_one_of(text, k_false)) return false;
  if (!looks_numeric(text)) return text;
  std::string plain = text;
  std::erase(plain, '_');
  if (plain.empty() || (plain.size() == 1 && (plain[0] < '0' || plain[0] > '9'))) return text;
  if (const auto value = integer(plain)) return *value;
  if (is_float(plain)) return std::strtod(plain.c_str(), nullptr);
  return text;
}

}  // namespace sentimark::yaml
