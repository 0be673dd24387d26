// The grammar of RFC 9485 as a checker; what passes means the same in Rust's syntax but for the dot and for && -- ~~ in
// classes, which parse.cpp knows about.
#include "base/utf8.hpp"
#include "regex/syntax.hpp"

namespace sentimark::regex {
namespace {

using base::Done;

constexpr std::string_view k_escapable = "()*+-.?[\\]^nrt{|}";

class Checker {
 public:
  explicit Checker(std::string_view pattern) : pattern_(pattern) {}

  Done check() {
    unsigned open = 0;
    bool can_repeat = false;  // an atom stands right before
    while (at_ < pattern_.size()) {
      const char c = pattern_[at_];
      if (c == '(') {
        ++open;
        can_repeat = false;
        ++at_;
      } else if (c == ')') {
        if (open-- == 0) return syntax_error(at_, "a ) without its (");
        can_repeat = true;
        ++at_;
      } else if (c == '|') {
        can_repeat = false;
        ++at_;
      } else if (c == '*' || c == '+' || c == '?' || c == '{') {
        if (!can_repeat) return syntax_error(at_, "nothing to repeat");
        SENTIMARK_TRY(quantifier());
        can_repeat = false;
      } else if (c == ']' || c == '}') {
        return syntax_error(at_, "this character must be escaped in an I-Regexp");
      } else {
        can_repeat = true;
        SENTIMARK_TRY(c == '\\' ? escape() : (c == '[' ? char_class() : normal()));
      }
    }
    if (open != 0) return syntax_error(at_, "a ( without its )");
    return {};
  }

 private:
  bool ahead(char c) const { return at_ < pattern_.size() && pattern_[at_] == c; }

  Done normal() {
    at_ += base::first_code_point(pattern_.substr(at_)).length;
    return {};
  }

  bool number() {
    const std::size_t start = at_;
    while (at_ < pattern_.size() && pattern_[at_] >= '0' && pattern_[at_] <= '9') ++at_;
    return at_ > start;
  }

  Done quantifier() {
    if (pattern_[at_++] != '{') return {};
    if (!number()) return syntax_error(at_, "a count is missing");
    if (ahead(',')) {
      ++at_;
      number();
    }
    if (!ahead('}')) return syntax_error(at_, "a } is missing");
    ++at_;
    return {};
  }

  Done escape() {
    const char c = at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : '\0';
    if (c == 'p' || c == 'P') return property();
    if (c == '\0' || k_escapable.find(c) == std::string_view::npos) {
      return syntax_error(at_, "an escape that I-Regexp does not have");
    }
    at_ += 2;
    return {};
  }

  // charProp: a group of categories and perhaps one of its members.
  Done property() {
    constexpr std::string_view members[] = {"Llmotu", "Mcen", "Ndlo", "Pcdefios", "Zlps", "Sckmo", "Ccfno"};
    const std::string_view rest = pattern_.substr(at_ + 2);
    const std::size_t close = rest.find('}');
    if (rest.empty() || rest[0] != '{' || close == std::string_view::npos) {
      return syntax_error(at_, "a category in braces is missing");
    }
    const std::string_view name = rest.substr(1, close - 1);
    for (const std::string_view row : members) {
      const bool group = !name.empty() && name[0] == row[0];
      if (group && (name.size() == 1 || (name.size() == 2 && row.substr(1).find(name[1]) != std::string_view::npos))) {
        at_ += 2 + close + 1;
        return {};
      }
    }
    return syntax_error(at_, "an unknown category");
  }

  // One CCchar or category escape.
  Done class_char(bool& is_set) {
    is_set = false;
    if (at_ >= pattern_.size()) return syntax_error(at_, "a ] is missing");
    const char c = pattern_[at_];
    if (c == '\\') {
      is_set = at_ + 1 < pattern_.size() && (pattern_[at_ + 1] == 'p' || pattern_[at_ + 1] == 'P');
      return escape();
    }
    if (c == '[' || c == '-') return syntax_error(at_, "this character must be escaped in a class of an I-Regexp");
    return normal();
  }

  Done char_class() {
    ++at_;
    if (ahead('^')) ++at_;
    bool empty = true;
    if (ahead('-')) {
      ++at_;
      empty = false;
    }
    while (!ahead(']')) {
      if (ahead('-') && !empty && at_ + 1 < pattern_.size() && pattern_[at_ + 1] == ']') {
        ++at_;
        break;
      }
      bool is_set = false;
      SENTIMARK_TRY(class_char(is_set));
      empty = false;
      const bool range = ahead('-') && !(at_ + 1 < pattern_.size() && pattern_[at_ + 1] == ']');
      if (range) {
        if (is_set) return syntax_error(at_, "a range cannot start with a category");
        ++at_;
        SENTIMARK_TRY(class_char(is_set));
        if (is_set) return syntax_error(at_, "a range cannot end with a category");
      }
    }
    if (empty) return syntax_error(at_, "an empty class");
    ++at_;
    return {};
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
};

}  // namespace

base::Result<void> check_iregexp(std::string_view pattern) { return Checker(pattern).check(); }

}  // namespace sentimark::regex
