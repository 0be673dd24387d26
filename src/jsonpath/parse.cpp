// The grammar of RFC 9535 (appendix A) by recursive descent, with the type rules of section 2.4.3.
#include <array>

#include "base/utf8.hpp"
#include "jsonpath/cursor.hpp"
#include "jsonpath/jsonpath.hpp"
#include "jsonpath/query.hpp"

namespace sentimark::jsonpath {
namespace {

using Kind = Expression::Kind;
using Operator = Expression::Operator;

constexpr std::size_t k_most_bytes = 32 * 1024;
constexpr unsigned k_most_depth = 100;

struct FunctionRow {
  std::string_view name;
  Function function;
  std::size_t parameters;
  bool takes_nodes;  // else every parameter is a value
  bool gives_truth;  // else a value
};
constexpr std::array<FunctionRow, 5> k_functions = {{{"length", Function::length, 1, false, false},
                                                     {"count", Function::count, 1, true, false},
                                                     {"match", Function::match, 2, false, true},
                                                     {"search", Function::search, 2, false, true},
                                                     {"value", Function::value, 1, true, false}}};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  base::Result<void> parse(Query& query) {
    if (!text_.take("$")) text_.fail("a query starts with $");
    segments(query);
    if (!text_.done()) text_.fail("nothing may follow the query");
    if (text_.failed()) return text_.error();
    return {};
  }

 private:
  // Counts the levels of brackets and parentheses; gives them back at the end of the scope.
  class Level {
   public:
    explicit Level(unsigned& depth) : depth_(depth) { ++depth_; }
    ~Level() { --depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    bool too_deep() const { return depth_ > k_most_depth; }

   private:
    unsigned& depth_;
  };

  void segments(Query& query) {
    for (;;) {
      const std::size_t before = text_.offset();
      text_.skip_blanks();
      Segment segment;
      if (text_.take("..")) {
        segment.descendant = true;
        text_.ahead("[") ? bracket(segment) : shorthand(segment);
      } else if (text_.take(".")) {
        shorthand(segment);
      } else if (text_.ahead("[")) {
        bracket(segment);
      } else {
        text_.seek(before);
        return;
      }
      const bool one = segment.selectors.size() == 1 && (segment.selectors[0].kind == Selector::Kind::name ||
                                                         segment.selectors[0].kind == Selector::Kind::index);
      query.singular = query.singular && one && !segment.descendant;
      query.segments.push_back(std::move(segment));
    }
  }

  void shorthand(Segment& segment) {
    Selector selector;
    if (!text_.take("*")) {
      selector.kind = Selector::Kind::name;
      selector.name = text_.member_name();
      if (selector.name.empty()) return text_.fail("a member name or * is needed");
    }
    segment.selectors.push_back(std::move(selector));
  }

  void bracket(Segment& segment) {
    const Level level(depth_);
    if (level.too_deep()) return text_.fail("nested deeper than allowed");
    text_.take("[");
    do {
      text_.skip_blanks();
      segment.selectors.push_back(one_selector());
      text_.skip_blanks();
    } while (text_.take(","));
    if (!text_.take("]")) text_.fail("a , or ] is needed");
  }

  Selector one_selector() {
    Selector selector;
    const char c = text_.peek();
    if (c == '\'' || c == '"') {
      selector.kind = Selector::Kind::name;
      selector.name = text_.string_literal();
      return selector;
    }
    if (text_.take("*")) return selector;
    if (text_.take("?")) {
      selector.kind = Selector::Kind::filter;
      text_.skip_blanks();
      selector.filter.push_back(either());
      return selector;
    }
    if (number_ahead()) {
      selector.kind = Selector::Kind::index;
      selector.has_start = true;
      selector.index = text_.integer();
    } else if (c != ':') {
      return text_.fail("a selector is needed: a name in quotes, an index, a slice, * or a filter"), Selector();
    }
    const std::size_t before = text_.offset();
    text_.skip_blanks();
    if (!text_.ahead(":")) {
      text_.seek(before);
      return selector;
    }
    slice(selector);
    return selector;
  }

  bool number_ahead() const { return text_.peek() == '-' || (text_.peek() >= '0' && text_.peek() <= '9'); }

  void slice(Selector& selector) {
    selector.kind = Selector::Kind::slice;
    text_.take(":");
    text_.skip_blanks();
    if (number_ahead()) {
      selector.end = text_.integer();
      text_.skip_blanks();
    }
    if (!text_.take(":")) return;
    text_.skip_blanks();
    if (number_ahead()) selector.step = text_.integer();
  }

  Expression either() { return chain(Kind::either, "||"); }

  // Operands of || are chains of &&, and operands of those are basic expressions.
  Expression chain(Kind kind, std::string_view sign) {
    Expression all;
    all.kind = kind;
    for (;;) {
      all.operands.push_back(kind == Kind::either ? chain(Kind::both, "&&") : basic());
      const std::size_t before = text_.offset();
      text_.skip_blanks();
      if (!text_.take(sign)) {
        text_.seek(before);
        break;
      }
      text_.skip_blanks();
    }
    if (all.operands.size() > 1) return all;
    Expression only = std::move(all.operands[0]);
    return only;
  }

  Expression basic() {
    const Level level(depth_);
    if (level.too_deep()) return text_.fail("nested deeper than allowed"), Expression();
    const bool negated = text_.take("!");
    if (negated) text_.skip_blanks();
    Expression inner;
    if (text_.take("(")) {
      text_.skip_blanks();
      inner = either();
      text_.skip_blanks();
      if (!text_.take(")")) text_.fail("a ) is needed");
    } else {
      inner = negated ? test() : comparison_or_test();
    }
    if (!negated) return inner;
    Expression negation;
    negation.kind = Kind::negation;
    negation.operands.push_back(std::move(inner));
    return negation;
  }

  Expression test() {
    const std::size_t start = text_.offset();
    return as_test(primary(), start);
  }

  Expression comparison_or_test() {
    const std::size_t start = text_.offset();
    Expression left = primary();
    const std::size_t before = text_.offset();
    text_.skip_blanks();
    Expression comparison;
    comparison.kind = Kind::compare;
    if (!comparison_sign(comparison.comparison)) {
      text_.seek(before);
      return as_test(std::move(left), start);
    }
    require_value(left, start);
    text_.skip_blanks();
    const std::size_t right_start = text_.offset();
    Expression right = primary();
    require_value(right, right_start);
    comparison.operands.push_back(std::move(left));
    comparison.operands.push_back(std::move(right));
    return comparison;
  }

  bool comparison_sign(Operator& sign) {
    constexpr std::pair<std::string_view, Operator> signs[] = {
        {"==", Operator::equal},         {"!=", Operator::unequal},
        {"<=", Operator::less_or_equal}, {">=", Operator::greater_or_equal},
        {"<", Operator::less},           {">", Operator::greater}};
    for (const auto& [text, meaning] : signs) {
      if (text_.take(text)) {
        sign = meaning;
        return true;
      }
    }
    return false;
  }

  Expression as_test(Expression operand, std::size_t start) {
    if (operand.kind == Kind::query) {
      operand.kind = Kind::exists;
      return operand;
    }
    if (operand.kind == Kind::function && row_of(operand.function).gives_truth) return operand;
    text_.fail_at(start, operand.kind == Kind::literal ? "a literal is no test; compare it with something"
                                                       : "the function gives a value; compare it with something");
    return operand;
  }

  static const FunctionRow& row_of(Function function) { return k_functions[static_cast<std::size_t>(function)]; }

  // The operand of a comparison, and the argument of a function that takes a value.
  void require_value(const Expression& operand, std::size_t start) {
    if (operand.kind == Kind::query && !operand.query.singular) {
      return text_.fail_at(start, "only a query for one node (names and indices alone) has a value");
    }
    if (operand.kind == Kind::function && row_of(operand.function).gives_truth) {
      text_.fail_at(start, "the function gives a truth, not a value");
    }
  }

  Expression primary() {
    Expression operand;
    const char c = text_.peek();
    if (c == '$' || c == '@') {
      text_.take(c == '$' ? "$" : "@");
      operand.kind = Kind::query;
      operand.query.absolute = c == '$';
      segments(operand.query);
      return operand;
    }
    if (c == '\'' || c == '"') {
      operand.literal = json::Value(text_.string_literal());
      return operand;
    }
    if (number_ahead()) {
      operand.literal = text_.number();
      return operand;
    }
    const std::size_t start = text_.offset();
    const std::string_view name = text_.lower_name();
    if (text_.ahead("(")) return function(name, start);
    if (name == "true" || name == "false") {
      operand.literal = json::Value(name == "true");
      return operand;
    }
    if (name == "null") return operand;
    return text_.fail_at(start, "a query, a literal or a function is needed"), Expression();
  }

  Expression function(std::string_view name, std::size_t start) {
    const Level level(depth_);
    if (level.too_deep()) return text_.fail("nested deeper than allowed"), Expression();
    const FunctionRow* row = nullptr;
    for (const FunctionRow& known : k_functions) {
      if (known.name == name) row = &known;
    }
    if (row == nullptr) return text_.fail_at(start, "no function is called '" + std::string(name) + "'"), Expression();
    text_.take("(");
    text_.skip_blanks();
    Expression call;
    call.kind = Kind::function;
    call.function = row->function;
    if (!text_.ahead(")")) {
      do {
        text_.skip_blanks();
        const std::size_t argument_start = text_.offset();
        Expression argument = primary();
        if (!row->takes_nodes) {
          require_value(argument, argument_start);
        } else if (argument.kind != Kind::query) {
          text_.fail_at(argument_start, "the function takes a query");
        }
        call.operands.push_back(std::move(argument));
        text_.skip_blanks();
      } while (text_.take(","));
    }
    if (!text_.take(")")) text_.fail("a , or ) is needed");
    if (call.operands.size() != row->parameters) {
      text_.fail_at(start, std::string(name) + " takes another number of arguments");
      return call;
    }
    compile_pattern(call, *row);
    return call;
  }

  // A pattern that is no I-Regexp makes the test false (RFC 9535, 2.4.6 and 2.4.7), it does not make the query invalid.
  static void compile_pattern(Expression& call, const FunctionRow& row) {
    if (!row.gives_truth || call.operands[1].kind != Kind::literal || !call.operands[1].literal.is_string()) return;
    auto compiled = regex::Regex::compile(call.operands[1].literal.string_or_empty(), regex::Syntax::iregexp);
    if (compiled) call.pattern = std::move(compiled).value();
  }

  Cursor text_;
  unsigned depth_ = 0;
};

}  // namespace

base::Result<Path> Path::parse(std::string_view text) {
  Cursor whole(text);
  if (text.size() > k_most_bytes) whole.fail("longer than allowed");
  if (!base::is_valid_utf8(text)) whole.fail("not valid UTF-8");
  if (whole.failed()) return whole.error();
  const auto query = std::make_shared<Query>();
  SENTIMARK_TRY(Parser(text).parse(*query));
  return Path(query);
}

bool Path::is_singular() const { return query_->singular; }

}  // namespace sentimark::jsonpath
