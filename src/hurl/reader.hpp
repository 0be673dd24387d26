// The file's text while it is read: a position and the small things of the grammar.
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "hurl/file.hpp"

namespace sentimark::hurl {

// The first failure is kept; each moves to the end of the text, so that every loop ends by itself. A Result at each
// level would make this room twice as large inside the agent.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool done() const { return at_ >= text_.size(); }
  std::size_t offset() const { return at_; }
  void seek(std::size_t offset) {
    if (!failed()) at_ = offset;
  }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool ahead(std::string_view part) const { return text_.substr(at_).starts_with(part); }
  bool take(std::string_view part) {
    if (!ahead(part)) return false;
    at_ += part.size();
    return true;
  }
  char next() { return done() ? '\0' : text_[at_++]; }
  std::string_view since(std::size_t start) const { return text_.substr(start, at_ - start); }
  std::string_view rest() const { return text_.substr(at_); }

  void fail(std::string why, std::string cure = {}) { fail_at(at_, std::move(why), std::move(cure)); }
  void fail_at(std::size_t offset, std::string why, std::string cure = {});
  bool failed() const { return failed_; }
  const std::string& why() const { return why_; }
  const std::string& cure() const { return cure_; }
  Place fault_place() const { return fault_place_; }
  Place place() const { return place_at(at_); }
  Place place_at(std::size_t offset) const;

  bool spaces();           // blanks and tabs; whether there were any
  void need_spaces();      // fails without
  void end_of_line();      // blanks, a comment, then a line's end or the file's; fails at anything else
  void empty_lines();      // takes whole lines of blanks and comments
  bool line_ends() const;  // only blanks and a comment are left on this line

  std::string_view word();                                    // letters and digits
  std::string_view run_of(std::string_view more_than_alnum);  // letters, digits, these, and what is not ASCII

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  bool failed_ = false;
  std::string why_;
  std::string cure_;
  Place fault_place_;
  // Where place_at counted to last: places are asked for in order, so counting goes on from here.
  mutable std::size_t counted_ = 0;
  mutable Place counted_place_;
};

}  // namespace sentimark::hurl
