// Classes in brackets: ranges, escapes, [:alpha:], classes inside, and the operations && -- ~~ of Rust's syntax.
#include "regex/escape.hpp"

namespace sentimark::regex {
namespace {

struct Posix {
  std::string_view name;
  std::string_view ranges;  // first and last of each in turn
};
constexpr Posix k_posix[] = {
    {"alnum", "09AZaz"},
    {"alpha", "AZaz"},
    {"ascii", std::string_view("\0\x7f", 2)},
    {"blank", "\t\t  "},
    {"cntrl", std::string_view("\0\x1f\x7f\x7f", 4)},
    {"digit", "09"},
    {"graph", "!~"},
    {"lower", "az"},
    {"print", " ~"},
    {"punct", "!/:@[`{~"},
    {"space", "\t\r  "},
    {"upper", "AZ"},
    {"word", "09AZ__az"},
    {"xdigit", "09AFaf"},
};

class ClassParser {
 public:
  ClassParser(Scanner& text, const Flags& flags, bool iregexp) : text_(text), flags_(flags), iregexp_(iregexp) {}

  CharSet parse() {
    if (++depth_ > k_most_depth) return text_.fail(text_.offset(), "nested deeper than allowed"), CharSet();
    const bool negated = text_.take('^');
    CharSet set;
    skip_ignored();
    // A ] or a row of - right at the start stands for itself.
    if (!iregexp_ && text_.take(']')) set.add(']', ']');
    while (text_.ahead('-') && !operation_ahead(set)) {
      text_.next();
      set.add('-', '-');
    }
    for (;;) {
      skip_ignored();
      if (text_.done()) return text_.fail(text_.offset(), "a ] is missing"), CharSet();
      if (text_.take(']')) break;
      if (operation_ahead(set)) {
        operation(set);
        break;
      }
      item(set);
    }
    --depth_;
    // Case before negation: (?i)[^a] refuses both a and A.
    if (flags_.ignore_case) add_case_variants(set);
    set.normalize();
    return negated ? set.complement() : std::move(set);
  }

 private:
  bool operation_ahead(const CharSet& left) const {
    if (iregexp_) return false;
    return text_.starts_with("&&") || text_.starts_with("~~") || (text_.starts_with("--") && !left.ranges().empty());
  }

  // All operations have one precedence and go from left to right; items next to each other bind tighter.
  void operation(CharSet& left) {
    left.normalize();
    for (;;) {
      const char32_t kind = text_.next();
      text_.next();
      CharSet right;
      bool end = false;
      for (;;) {
        skip_ignored();
        if (text_.done()) return text_.fail(text_.offset(), "a ] is missing");
        end = text_.take(']');
        if (end || (text_.starts_with("&&") || text_.starts_with("--") || text_.starts_with("~~"))) break;
        item(right);
      }
      if (flags_.ignore_case) {
        add_case_variants(left);
        add_case_variants(right);
      }
      right.normalize();
      if (kind == '&') {
        left = left.intersection(right);
      } else if (kind == '-') {
        left = left.intersection(right.complement());
      } else {
        CharSet both = left.intersection(right);
        left.add(right);
        left.normalize();
        left = left.intersection(both.complement());
      }
      if (end) return;
    }
  }

  void item(CharSet& set) {
    const std::size_t start = text_.offset();
    if (!iregexp_ && text_.ahead('[')) {
      text_.next();
      if (text_.ahead(':') && posix(set)) return;
      auto inner = parse();
      set.add(inner);
      return;
    }
    auto first = point_or_set();
    if (first.kind == Escape::Kind::set) {
      set.add(first.set);
      return;
    }
    skip_ignored();
    char32_t last = first.point;
    const bool range = text_.ahead('-') && !text_.starts_with("-]") && (iregexp_ || !text_.starts_with("--"));
    if (range) {
      text_.next();
      skip_ignored();
      auto second = point_or_set();
      if (second.kind == Escape::Kind::set) return text_.fail(start, "a range cannot end with a class");
      last = second.point;
    }
    if (last < first.point) return text_.fail(start, "a range from a later to an earlier character");
    set.add(first.point, last);
    return;
  }

  Escape point_or_set() {
    const std::size_t start = text_.offset();
    if (text_.done()) return text_.fail(start, "a ] is missing"), Escape();
    if (text_.take('\\')) {
      auto escape = parse_escape(text_, start);
      if (escape.kind == Escape::Kind::look) return text_.fail(start, "this escape means nothing in a class"), Escape();
      return escape;
    }
    Escape escape;
    escape.point = text_.next();
    if (!text_.last_was_valid()) return text_.fail(start, "not valid UTF-8"), Escape();
    return escape;
  }

  // The scanner stands on the : of [:name:]; false, and nothing taken, when it is none.
  bool posix(CharSet& set) {
    for (const Posix& row : k_posix) {
      for (const bool negated : {false, true}) {
        const std::string written = (negated ? ":^" : ":") + std::string(row.name) + ":]";
        if (!text_.starts_with(written)) continue;
        CharSet named;
        for (std::size_t i = 0; i < row.ranges.size(); i += 2) {
          named.add(static_cast<unsigned char>(row.ranges[i]), static_cast<unsigned char>(row.ranges[i + 1]));
        }
        named.normalize();
        set.add(negated ? named.complement() : named);
        text_.skip(written.size());
        return true;
      }
    }
    return false;
  }

  void skip_ignored() {
    while (flags_.ignore_space && !text_.done() && spaces().contains(text_.peek())) text_.next();
  }

  Scanner& text_;
  const Flags& flags_;
  bool iregexp_;
  unsigned depth_ = 0;
};

}  // namespace

CharSet parse_class(Scanner& text, const Flags& flags, bool iregexp) {
  return ClassParser(text, flags, iregexp).parse();
}

}  // namespace sentimark::regex
