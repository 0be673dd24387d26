// The grammar of RFC 9485 as a checker; what passes means the same in Rust's syntax but for the dot and for && -- ~~ in
// classes, which parse.cpp knows about.
#include "regex/escape.hpp"

namespace sentimark::regex {
namespace {

class Checker {
 public:
  explicit Checker(std::string_view pattern) : text_(pattern) {}

  base::Result<void> check() {
    unsigned open = 0;
    bool can_repeat = false;  // an atom stands right before
    while (!text_.done()) {
      const std::size_t start = text_.offset();
      const char32_t c = text_.next();
      if (c == '*' || c == '+' || c == '?' || c == '{') {
        if (!can_repeat) text_.fail(start, "nothing to repeat");
        if (c == '{') counts();
        can_repeat = false;
        continue;
      }
      if (c == ']' || c == '}') text_.fail(start, "this character must be escaped in an I-Regexp");
      if (c == ')' && open == 0) text_.fail(start, "a ) without its (");
      if (c == '\\') escape(start);
      if (c == '[') char_class();
      if (c == '(') ++open;
      if (c == ')') --open;
      can_repeat = c != '(' && c != '|';
    }
    if (open != 0) text_.fail(text_.offset(), "a ( without its )");
    if (text_.failed()) return text_.error();
    return {};
  }

 private:
  bool number() {
    const std::size_t start = text_.offset();
    while (text_.peek() >= '0' && text_.peek() <= '9') text_.next();
    return text_.offset() > start;
  }

  void counts() {
    const std::size_t start = text_.offset();
    bool complete = number();
    if (text_.take(',')) number();
    complete = text_.take('}') && complete;
    if (!complete) text_.fail(start, "not a repetition like {2}, {2,} or {2,3}");
  }

  // True for a category.
  bool escape(std::size_t start) {
    constexpr std::string_view escapable = "()*+-.?[\\]^nrt{|}";
    const char32_t c = text_.next();
    if (c == 'p' || c == 'P') return category(start);
    if (c == 0 || c >= 0x80U || escapable.find(static_cast<char>(c)) == std::string_view::npos) {
      text_.fail(start, "an escape that I-Regexp does not have");
    }
    return false;
  }

  // charProp: a group of categories and perhaps one of its members.
  bool category(std::size_t start) {
    constexpr std::string_view groups[] = {"Llmotu", "Mcen", "Ndlo", "Pcdefios", "Zlps", "Sckmo", "Ccfno"};
    bool known = false;
    if (text_.take('{')) {
      const char32_t group = text_.next();
      for (const std::string_view row : groups) {
        if (group != static_cast<unsigned char>(row[0])) continue;
        known = text_.ahead('}');
        for (const char member : row.substr(1)) known = known || text_.take(member);
      }
    }
    if (!known || !text_.take('}')) text_.fail(start, "not a general category in braces");
    return true;
  }

  // One CCchar or category; true for a category.
  bool class_item() {
    const std::size_t start = text_.offset();
    const char32_t c = text_.next();
    if (c == '\\') return escape(start);
    if (c == '[' || c == '-') text_.fail(start, "this character must be escaped in a class of an I-Regexp");
    return false;
  }

  void char_class() {
    const std::size_t start = text_.offset();
    text_.take('^');
    bool empty = !text_.take('-');
    while (!text_.done() && !text_.ahead(']')) {
      if (!empty && text_.starts_with("-]")) {
        text_.next();
        break;
      }
      empty = false;
      bool has_category = class_item();
      if (text_.ahead('-') && !text_.starts_with("-]")) {
        text_.next();
        has_category = class_item() || has_category;
        if (has_category) text_.fail(start, "a range has characters at both ends");
      }
    }
    if (empty || !text_.take(']')) text_.fail(start, empty ? "an empty class" : "a ] is missing");
  }

  Scanner text_;
};

}  // namespace

base::Result<void> check_iregexp(std::string_view pattern) { return Checker(pattern).check(); }

}  // namespace sentimark::regex
