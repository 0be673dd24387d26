// The two parts of a pattern that stand on their own: what follows a backslash, and a class in brackets.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "base/utf8.hpp"
#include "regex/charset.hpp"
#include "regex/syntax.hpp"
#include "regex/unicode.hpp"

namespace sentimark::regex {

struct Flags {
  bool ignore_case = false;
  bool multi_line = false;
  bool dot_matches_newline = false;
  bool swap_greed = false;
  bool ignore_space = false;
};

// Reads the pattern and keeps the first thing that is wrong with it. A failure moves to the end of the text, so that
// every loop ends by itself: a Result at each level would make this room twice as large inside the agent.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  void fail(std::size_t offset, std::string why) {
    if (!failed()) {
      fault_ = std::move(why);
      fault_offset_ = offset;
    }
    at_ = text_.size();
  }
  bool failed() const { return !fault_.empty(); }
  base::Error error() const { return syntax_error(fault_offset_, fault_); }

  bool done() const { return at_ >= text_.size(); }
  std::size_t offset() const { return at_; }
  bool ahead(char c) const { return !done() && text_[at_] == c; }
  bool starts_with(std::string_view part) const { return text_.substr(at_).starts_with(part); }
  bool last_was_valid() const { return valid_; }

  bool take(char c) {
    if (!ahead(c)) return false;
    ++at_;
    return true;
  }

  void skip(std::size_t bytes) { at_ += bytes; }

  // 0 at the end.
  char32_t peek() const { return base::first_code_point(text_.substr(at_)).value; }

  char32_t next() {
    const base::CodePoint point = base::first_code_point(text_.substr(at_));
    at_ += point.length;
    valid_ = point.valid;
    return point.value;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  bool valid_ = true;
  std::string fault_;
  std::size_t fault_offset_ = 0;
};

struct Escape {
  enum class Kind : std::uint8_t { point, set, look };
  Kind kind = Kind::point;
  char32_t point = 0;
  Look look = Look::text_start;
  CharSet set;  // normalized
};

// The scanner stands behind the backslash, which stood at byte `start`. What is wrong is told to the scanner.
Escape parse_escape(Scanner& text, std::size_t start);

// The scanner stands behind the [; the set is normalized, and case is ignored already where the flags say so.
CharSet parse_class(Scanner& text, const Flags& flags, bool iregexp);

}  // namespace sentimark::regex
