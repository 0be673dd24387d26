// The query's text while it is read: a position, white space, strings and numbers.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "json/value.hpp"

namespace sentimark::jsonpath {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool done() const { return at_ >= text_.size(); }
  std::size_t offset() const { return at_; }
  void seek(std::size_t offset) {
    if (!failed()) at_ = offset;
  }
  char peek() const { return done() ? '\0' : text_[at_]; }
  bool ahead(std::string_view part) const { return text_.substr(at_).starts_with(part); }
  bool take(std::string_view part) {
    if (!ahead(part)) return false;
    at_ += part.size();
    return true;
  }
  void skip_blanks();

  // The first failure is kept; each moves to the end of the text, so that every loop ends by itself. A Result at each
  // level would make this room twice as large inside the agent.
  void fail(std::string why) { fail_at(at_, std::move(why)); }
  void fail_at(std::size_t offset, std::string why);
  bool failed() const { return !fault_.empty(); }
  base::Error error() const;

  // A quote stands ahead.
  std::string string_literal();

  // A digit or a minus stands ahead. Within I-JSON's exact range, no leading zeros, no -0.
  std::int64_t integer();

  // A digit or a minus stands ahead; any JSON number.
  json::Value number();

  // member-name-shorthand; empty when none stands ahead.
  std::string_view member_name();

  // [a-z][a-z0-9_]*; empty when none stands ahead.
  std::string_view lower_name();

 private:
  std::uint32_t hex4();
  void escape(char quote, std::string& value);
  bool digits();

  std::string_view text_;
  std::size_t at_ = 0;
  std::string fault_;
  std::size_t fault_offset_ = 0;
};

}  // namespace sentimark::jsonpath
