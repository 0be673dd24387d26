#include <algorithm>

#include "base/utf8.hpp"
#include "jsonpath/jsonpath.hpp"
#include "jsonpath/normalized.hpp"
#include "jsonpath/query.hpp"

namespace sentimark::jsonpath {
namespace {

using json::Value;
using Kind = Expression::Kind;
using Nodes = std::vector<Node>;

constexpr std::size_t k_most_steps = 50'000'000;
constexpr std::size_t k_most_nodes = 1'000'000;

// A value in the document, a value computed, or Nothing.
class Operand {
 public:
  Operand() = default;
  explicit Operand(const Value* found) : found_(found) {}
  explicit Operand(Value computed) : computed_(std::move(computed)), is_computed_(true) {}
  const Value* get() const { return is_computed_ ? &computed_ : found_; }

 private:
  const Value* found_ = nullptr;
  Value computed_;
  bool is_computed_ = false;
};

bool equal(const Operand& left, const Operand& right) {
  if (left.get() == nullptr || right.get() == nullptr) return left.get() == right.get();
  return *left.get() == *right.get();
}

bool less(const Operand& left, const Operand& right) {
  if (left.get() == nullptr || right.get() == nullptr) return false;
  const Value& a = *left.get();
  const Value& b = *right.get();
  if (a.is_integer() && b.is_integer()) return a.int_or(0) < b.int_or(0);
  if (a.is_number() && b.is_number()) return a.number_or(0) < b.number_or(0);
  // The order of UTF-8 bytes is the order of Unicode scalar values.
  return a.is_string() && b.is_string() && a.string_or_empty() < b.string_or_empty();
}

class Evaluator {
 public:
  Evaluator(const Value& root, bool with_paths) : root_(root), with_paths_(with_paths) {}

  Nodes select(const Query& query, const Value& current, bool with_paths) {
    Nodes nodes;
    nodes.push_back({query.absolute ? &root_ : &current, with_paths ? "$" : ""});
    for (const Segment& segment : query.segments) {
      Nodes selected;
      for (const Node& node : nodes) {
        if (segment.descendant) {
          descend(segment, node, with_paths, selected);
        } else {
          apply(segment, node, with_paths, selected);
        }
        if (exhausted_) return {};
      }
      nodes = std::move(selected);
    }
    return nodes;
  }

  Nodes run(const Query& query) { return select(query, root_, with_paths_); }
  bool exhausted() const { return exhausted_; }

 private:
  bool spend() {
    if (++steps_ > k_most_steps) exhausted_ = true;
    return !exhausted_;
  }

  void keep(const Value& value, std::string path, Nodes& selected) {
    if (selected.size() >= k_most_nodes) exhausted_ = true;
    if (!exhausted_) selected.push_back({&value, std::move(path)});
  }

  static std::string member_path(const Node& node, std::string_view name, bool with_paths) {
    return with_paths ? node.path + normalized_name(name) : std::string();
  }

  static std::string item_path(const Node& node, std::size_t index, bool with_paths) {
    return with_paths ? node.path + "[" + std::to_string(index) + "]" : std::string();
  }

  // The node first, then its children from the first to the last, each with all below it. The document's depth is
  // bounded.
  void descend(const Segment& segment, const Node& node, bool with_paths, Nodes& selected) {
    if (!spend()) return;
    apply(segment, node, with_paths, selected);
    for (const auto& [name, child] : node.value->members()) {
      descend(segment, {&child, member_path(node, name, with_paths)}, with_paths, selected);
    }
    const json::Array& items = node.value->items();
    for (std::size_t i = 0; i < items.size(); ++i) {
      descend(segment, {&items[i], item_path(node, i, with_paths)}, with_paths, selected);
    }
  }

  void apply(const Segment& segment, const Node& node, bool with_paths, Nodes& selected) {
    for (const Selector& selector : segment.selectors) {
      if (!spend()) return;
      switch (selector.kind) {
        case Selector::Kind::name:
          for (const auto& [name, child] : node.value->members()) {
            if (name == selector.name) keep(child, member_path(node, name, with_paths), selected);
          }
          break;
        case Selector::Kind::index:
          pick_index(selector, node, with_paths, selected);
          break;
        case Selector::Kind::slice:
          pick_slice(selector, node, with_paths, selected);
          break;
        case Selector::Kind::wildcard:
        case Selector::Kind::filter:
          pick_children(selector, node, with_paths, selected);
          break;
      }
    }
  }

  void pick_index(const Selector& selector, const Node& node, bool with_paths, Nodes& selected) {
    const json::Array& items = node.value->items();
    const auto size = static_cast<std::int64_t>(items.size());
    const std::int64_t index = selector.index < 0 ? size + selector.index : selector.index;
    if (index < 0 || index >= size) return;
    const auto at = static_cast<std::size_t>(index);
    keep(items[at], item_path(node, at, with_paths), selected);
  }

  // RFC 9535, 2.3.4.2.2.
  void pick_slice(const Selector& selector, const Node& node, bool with_paths, Nodes& selected) {
    const json::Array& items = node.value->items();
    const auto size = static_cast<std::int64_t>(items.size());
    const std::int64_t step = selector.step;
    if (step == 0) return;
    const std::int64_t start = selector.has_start ? selector.index : (step > 0 ? 0 : size - 1);
    const std::int64_t end = selector.end ? *selector.end : (step > 0 ? size : -size - 1);
    const std::int64_t from = start >= 0 ? start : size + start;
    const std::int64_t to = end >= 0 ? end : size + end;
    const auto take = [&](std::int64_t i) {
      const auto at = static_cast<std::size_t>(i);
      if (spend()) keep(items[at], item_path(node, at, with_paths), selected);
    };
    if (step > 0) {
      const std::int64_t upper = std::clamp<std::int64_t>(to, 0, size);
      for (std::int64_t i = std::clamp<std::int64_t>(from, 0, size); i < upper; i += step) take(i);
    } else {
      const std::int64_t lower = std::clamp<std::int64_t>(to, -1, size - 1);
      for (std::int64_t i = std::clamp<std::int64_t>(from, -1, size - 1); i > lower; i += step) take(i);
    }
  }

  void pick_children(const Selector& selector, const Node& node, bool with_paths, Nodes& selected) {
    const auto wanted = [&](const Value& child) {
      return spend() && (selector.kind == Selector::Kind::wildcard || truth(selector.filter[0], child));
    };
    for (const auto& [name, child] : node.value->members()) {
      if (wanted(child)) keep(child, member_path(node, name, with_paths), selected);
    }
    const json::Array& items = node.value->items();
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (wanted(items[i])) keep(items[i], item_path(node, i, with_paths), selected);
    }
  }

  bool truth(const Expression& expression, const Value& current) {
    const auto holds = [&](const Expression& operand) { return truth(operand, current); };
    switch (expression.kind) {
      case Kind::either:
        return std::any_of(expression.operands.begin(), expression.operands.end(), holds);
      case Kind::both:
        return std::all_of(expression.operands.begin(), expression.operands.end(), holds);
      case Kind::negation:
        return !holds(expression.operands[0]);
      case Kind::compare:
        return compare(expression, current);
      case Kind::exists:
        return !select(expression.query, current, false).empty();
      case Kind::function:
        return matches(expression, current);
      case Kind::literal:
      case Kind::query:
        break;
    }
    return false;  // the parser lets no value stand as a test
  }

  bool compare(const Expression& expression, const Value& current) {
    const Operand left = value_of(expression.operands[0], current);
    const Operand right = value_of(expression.operands[1], current);
    switch (expression.comparison) {
      case Expression::Operator::equal:
        return equal(left, right);
      case Expression::Operator::unequal:
        return !equal(left, right);
      case Expression::Operator::less:
        return less(left, right);
      case Expression::Operator::less_or_equal:
        return less(left, right) || equal(left, right);
      case Expression::Operator::greater:
        return less(right, left);
      case Expression::Operator::greater_or_equal:
        return less(right, left) || equal(left, right);
    }
    return false;
  }

  Operand value_of(const Expression& expression, const Value& current) {
    if (!spend()) return {};
    if (expression.kind == Kind::literal) return Operand(&expression.literal);
    if (expression.kind == Kind::query) {
      const Nodes nodes = select(expression.query, current, false);
      return nodes.size() == 1 ? Operand(nodes[0].value) : Operand();
    }
    const Expression& argument = expression.operands[0];
    if (expression.function == Function::count) {
      return Operand(Value(static_cast<std::int64_t>(select(argument.query, current, false).size())));
    }
    if (expression.function == Function::value) {
      const Nodes nodes = select(argument.query, current, false);
      return nodes.size() == 1 ? Operand(nodes[0].value) : Operand();
    }
    return length_of(value_of(argument, current));
  }

  static Operand length_of(const Operand& operand) {
    const Value* value = operand.get();
    if (value == nullptr) return {};
    std::size_t length = 0;
    if (value->is_string()) {
      length = base::count_code_points(value->string_or_empty());
    } else if (value->is_array()) {
      length = value->items().size();
    } else if (value->is_object()) {
      length = value->members().size();
    } else {
      return {};
    }
    return Operand(Value(static_cast<std::int64_t>(length)));
  }

  bool matches(const Expression& call, const Value& current) {
    const Operand text = value_of(call.operands[0], current);
    const Operand pattern = value_of(call.operands[1], current);
    const bool strings =
        text.get() != nullptr && text.get()->is_string() && pattern.get() != nullptr && pattern.get()->is_string();
    if (!strings) return false;
    const regex::Regex* compiled = call.pattern ? &*call.pattern : nullptr;
    if (compiled == nullptr && call.operands[1].kind != Kind::literal)
      compiled = compile(pattern.get()->string_or_empty());
    if (compiled == nullptr) return false;
    const std::string& subject = text.get()->string_or_empty();
    return call.function == Function::match ? compiled->matches_whole(subject) : compiled->found_in(subject);
  }

  // A pattern from the document, most often the same for many nodes.
  const regex::Regex* compile(const std::string& pattern) {
    if (!last_known_ || pattern != last_pattern_) {
      last_known_ = true;
      last_pattern_ = pattern;
      last_compiled_.reset();
      auto compiled = regex::Regex::compile(pattern, regex::Syntax::iregexp);
      if (compiled) last_compiled_ = std::move(compiled).value();
    }
    return last_compiled_ ? &*last_compiled_ : nullptr;
  }

  const Value& root_;
  bool with_paths_;
  std::size_t steps_ = 0;
  bool exhausted_ = false;
  bool last_known_ = false;
  std::string last_pattern_;
  std::optional<regex::Regex> last_compiled_;
};

}  // namespace

base::Result<std::vector<Node>> Path::select(const json::Value& document, bool with_paths) const {
  Evaluator evaluator(document, with_paths);
  Nodes nodes = evaluator.run(*query_);
  if (evaluator.exhausted()) {
    return base::fail(base::Outcome::config, "the JSONPath query costs more steps or selects more nodes than allowed",
                      "ask for less, for example without .. inside a filter", "jsonpath-limit");
  }
  return nodes;
}

}  // namespace sentimark::jsonpath
