// The syntax of Rust's regex crate (docs.rs/regex, "Syntax"), without scripts and without byte mode.
#include <algorithm>

#include "base/utf8.hpp"
#include "regex/escape.hpp"
#include "regex/syntax.hpp"

namespace sentimark::regex {
namespace {

using base::Result;
using Kind = Node::Kind;

class Parser {
 public:
  Parser(std::string_view pattern, Syntax syntax, Tree& tree)
      : text_(pattern), iregexp_(syntax == Syntax::iregexp), tree_(tree) {
    tree_.nodes.emplace_back();  // node 0: what a failure leaves behind
  }

  Result<void> parse() {
    auto root = alternation();
    if (!text_.done()) text_.fail(text_.offset(), "a ) without its (");
    if (text_.failed()) return text_.error();
    tree_.root = root;
    return {};
  }

 private:
  std::uint32_t add(Node node) {
    unsigned depth = 0;
    for (const std::uint32_t child : node.children) depth = std::max<unsigned>(depth, tree_.nodes[child].depth);
    if (++depth > k_most_depth) return text_.fail(text_.offset(), "nested deeper than allowed"), 0U;
    node.depth = static_cast<std::uint16_t>(depth);
    tree_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(tree_.nodes.size() - 1);
  }

  std::uint32_t add_set(CharSet set) {
    if (flags_.ignore_case) add_case_variants(set);
    set.normalize();
    tree_.sets.push_back(std::move(set));
    Node node;
    node.kind = Kind::set;
    node.nullable = false;
    node.value = static_cast<std::uint32_t>(tree_.sets.size() - 1);
    return add(std::move(node));
  }

  std::uint32_t add_point(char32_t point) {
    if (flags_.ignore_case) {
      CharSet set;
      set.add(point, point);
      add_case_variants(set);
      if (set.ranges().size() > 1) return add_set(std::move(set));
    }
    Node node;
    node.kind = Kind::point;
    node.nullable = false;
    node.value = point;
    return add(std::move(node));
  }

  std::uint32_t add_look(Look look) {
    Node node;
    node.kind = Kind::look;
    node.value = static_cast<std::uint32_t>(look);
    return add(std::move(node));
  }

  std::uint32_t alternation() {
    if (++open_ > k_most_depth) return text_.fail(text_.offset(), "nested deeper than allowed"), 0U;
    Node node;
    node.kind = Kind::alternate;
    node.nullable = false;
    do {
      auto branch = concatenation();
      node.nullable = node.nullable || tree_.nodes[branch].nullable;
      node.children.push_back(branch);
    } while (text_.take('|'));
    --open_;
    if (node.children.size() == 1) return node.children[0];
    return add(std::move(node));
  }

  std::uint32_t concatenation() {
    Node node;
    node.kind = Kind::concat;
    for (;;) {
      skip_ignored();
      if (text_.done() || text_.ahead('|') || text_.ahead(')')) break;
      auto part = repetition();
      if (part == k_nothing) continue;
      node.nullable = node.nullable && tree_.nodes[part].nullable;
      node.children.push_back(part);
    }
    return add(std::move(node));
  }

  std::uint32_t repetition() {
    auto part = atom();
    for (;;) {
      skip_ignored();
      Node node;
      node.kind = Kind::repeat;
      const std::size_t start = text_.offset();
      if (text_.take('*')) {
        node.most = Node::unlimited;
      } else if (text_.take('+')) {
        node.least = 1;
        node.most = Node::unlimited;
      } else if (text_.take('?')) {
        node.most = 1;
      } else if (text_.ahead('{')) {
        counts(node);
      } else {
        return part;
      }
      if (part == k_nothing) return text_.fail(start, "nothing to repeat"), 0U;
      node.greedy = text_.take('?') == flags_.swap_greed;
      node.nullable = node.least == 0 || tree_.nodes[part].nullable;
      node.children.push_back(part);
      auto added = add(std::move(node));
      part = added;
    }
  }

  std::uint32_t count() {
    std::uint32_t value = 0;
    const std::size_t start = text_.offset();
    while (text_.peek() >= '0' && text_.peek() <= '9') {
      value = std::min<std::uint32_t>(value * 10 + (text_.next() - U'0'), k_most_repeats + 1);
    }
    if (text_.offset() == start) return text_.fail(start, "a repetition needs a decimal number"), 0U;
    if (value > k_most_repeats) return text_.fail(start, "more repetitions than allowed"), 0U;
    return value;
  }

  // {n} {n,} {n,m} {,m}
  void counts(Node& node) {
    text_.next();
    if (!text_.ahead(',')) {
      auto least = count();
      node.least = least;
    }
    node.most = node.least;
    if (text_.take(',')) {
      if (text_.ahead('}')) {
        node.most = Node::unlimited;
      } else {
        auto most = count();
        node.most = most;
      }
    }
    if (!text_.take('}')) return text_.fail(text_.offset(), "a } is missing");
    if (node.most < node.least) return text_.fail(text_.offset(), "the second count is smaller than the first");
    return;
  }

  std::uint32_t atom() {
    const std::size_t start = text_.offset();
    const char32_t c = text_.next();
    switch (c) {
      case '(':
        return group(start);
      case '[': {
        auto set = parse_class(text_, flags_, iregexp_);
        return add_set(std::move(set));
      }
      case '.':
        return dot();
      case '^':
        return add_look(flags_.multi_line ? Look::line_start : Look::text_start);
      case '$':
        return add_look(flags_.multi_line ? Look::line_end : Look::text_end);
      case '*':
      case '+':
      case '?':
      case '{':
        return text_.fail(start, "nothing to repeat"), 0U;
      case '\\':
        return escaped(start);
      default:
        if (!text_.last_was_valid()) return text_.fail(start, "not valid UTF-8"), 0U;
        return add_point(c);
    }
  }

  std::uint32_t dot() {
    CharSet excluded;
    if (!flags_.dot_matches_newline) excluded.add('\n', '\n');
    if (iregexp_) excluded.add('\r', '\r');
    excluded.normalize();
    const bool ignore_case = std::exchange(flags_.ignore_case, false);  // the dot has no case
    auto added = add_set(excluded.complement());
    flags_.ignore_case = ignore_case;
    return added;
  }

  std::uint32_t escaped(std::size_t start) {
    auto escape = parse_escape(text_, start);
    if (escape.kind == Escape::Kind::look) return add_look(escape.look);
    if (escape.kind == Escape::Kind::set) return add_set(std::move(escape.set));
    return add_point(escape.point);
  }

  std::uint32_t group(std::size_t start) {
    Node node;
    node.kind = Kind::group;
    const Flags outside = flags_;
    if (text_.take('?')) {
      if (text_.ahead('=') || text_.ahead('!') || text_.starts_with("<=") || text_.starts_with("<!")) {
        return text_.fail(start, "look-around is not linear and not supported"), 0U;
      }
      if (text_.starts_with("P<") || text_.ahead('<')) {
        text_.take('P');
        text_.take('<');
        group_name();
        node.value = ++tree_.groups;
      } else {
        flags(start);
        if (text_.take(')')) return k_nothing;  // (?i) holds to the end of the group around it
        text_.take(':');
      }
    } else {
      node.value = ++tree_.groups;
    }
    if (tree_.groups > k_most_groups) return text_.fail(start, "more groups than allowed"), 0U;
    auto inner = alternation();
    if (!text_.take(')')) return text_.fail(start, "a ( without its )"), 0U;
    flags_ = outside;
    node.nullable = tree_.nodes[inner].nullable;
    node.children.push_back(inner);
    return add(std::move(node));
  }

  void group_name() {
    const std::size_t start = text_.offset();
    std::string name;
    while (!text_.done() && !text_.ahead('>')) base::append_utf8(name, text_.next());
    if (!text_.take('>') || name.empty()) return text_.fail(start, "a group's name or its > is missing");
    for (const auto& [other, number] : tree_.names) {
      if (other == name) return text_.fail(start, "two groups have this name");
    }
    tree_.names.emplace_back(std::move(name), tree_.groups + 1);
    return;
  }

  void flags(std::size_t start) {
    bool on = true;
    bool any = false;
    while (!text_.ahead(')') && !text_.ahead(':')) {
      const std::size_t at = text_.offset();
      switch (text_.next()) {
        case 'i':
          flags_.ignore_case = on;
          break;
        case 'm':
          flags_.multi_line = on;
          break;
        case 's':
          flags_.dot_matches_newline = on;
          break;
        case 'U':
          flags_.swap_greed = on;
          break;
        case 'x':
          flags_.ignore_space = on;
          break;
        case 'u':
          if (!on) return text_.fail(at, "matching bytes instead of Unicode is not supported");
          break;
        case '-':
          if (!on) return text_.fail(at, "a second - among flags");
          on = false;
          continue;
        default:
          return text_.fail(at, "an unknown flag");
      }
      any = true;
    }
    if (text_.ahead(')') && !any) return text_.fail(start, "a group without flags and content");
    if (!on && !any) return text_.fail(start, "no flag behind the -");
    return;
  }

  // In (?x) white space and comments mean nothing outside classes.
  void skip_ignored() {
    if (!flags_.ignore_space) return;
    for (;;) {
      if (text_.take('#')) {
        while (!text_.done() && text_.next() != '\n') {
        }
      } else if (!text_.done() && spaces().contains(text_.peek())) {
        text_.next();
      } else {
        return;
      }
    }
  }

  static constexpr std::uint32_t k_nothing = 0xFFFFFFFFU;  // what (?i) leaves in the tree

  Scanner text_;
  bool iregexp_;
  Flags flags_;
  unsigned open_ = 0;
  Tree& tree_;
};

}  // namespace

base::Error syntax_error(std::size_t offset, std::string why) {
  return base::fail(base::Outcome::config,
                    "not a valid regular expression at byte " + std::to_string(offset) + ": " + why);
}

Result<void> parse(std::string_view pattern, Syntax syntax, Tree& tree) {
  if (pattern.size() > k_most_pattern_bytes) return syntax_error(k_most_pattern_bytes, "longer than allowed");
  return Parser(pattern, syntax, tree).parse();
}

}  // namespace sentimark::regex
