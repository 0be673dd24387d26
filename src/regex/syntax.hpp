// A pattern as a tree, and the two languages it can be written in.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "regex/charset.hpp"
#include "regex/regex.hpp"

namespace sentimark::regex {

enum class Look : std::uint8_t { text_start, text_end, line_start, line_end, word, not_word, word_start, word_end };

struct Node {
  enum class Kind : std::uint8_t { empty, point, set, look, group, repeat, concat, alternate };
  static constexpr std::uint32_t unlimited = 0xFFFFFFFFU;

  Kind kind = Kind::empty;
  bool greedy = true;
  bool nullable = true;     // can match without a character
  std::uint16_t depth = 1;  // levels below and with this one
  std::uint32_t value = 0;  // point, number of the set, Look, or number of the capturing group (0: none)
  std::uint32_t least = 0;  // of a repeat
  std::uint32_t most = 0;   // of a repeat, or `unlimited`
  std::vector<std::uint32_t> children;
};

struct Tree {
  std::vector<Node> nodes;
  std::vector<CharSet> sets;
  std::vector<std::pair<std::string, std::uint32_t>> names;  // of capturing groups
  std::uint32_t groups = 0;
  std::uint32_t root = 0;
};

constexpr std::size_t k_most_pattern_bytes = 32 * 1024;
constexpr unsigned k_most_depth = 250;
constexpr std::uint32_t k_most_groups = 100;
constexpr std::uint32_t k_most_repeats = 1000;

base::Error syntax_error(std::size_t offset, std::string why);

// Errors as of Regex::compile.
base::Result<void> parse(std::string_view pattern, Syntax syntax, Tree& tree);

// Whether the text is an I-Regexp by the ABNF of RFC 9485, with ^ and $ for anchors.
base::Result<void> check_iregexp(std::string_view pattern);

}  // namespace sentimark::regex
