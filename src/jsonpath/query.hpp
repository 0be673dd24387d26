// A parsed query. Built only by parse.cpp, which lets nothing through that is not well-typed.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "json/value.hpp"
#include "regex/regex.hpp"

namespace sentimark::jsonpath {

struct Expression;

struct Selector {
  enum class Kind : std::uint8_t { name, wildcard, index, slice, filter };
  Kind kind = Kind::wildcard;
  std::string name;
  std::int64_t index = 0;  // the start of a slice too
  bool has_start = false;
  std::optional<std::int64_t> end;
  std::int64_t step = 1;
  std::vector<Expression> filter;  // one, of a logical kind
};

struct Segment {
  bool descendant = false;
  std::vector<Selector> selectors;
};

struct Query {
  bool absolute = true;  // from the document's root, else from the current node
  bool singular = true;
  std::vector<Segment> segments;
};

enum class Function : std::uint8_t { length, count, match, search, value };

struct Expression {
  enum class Kind : std::uint8_t {
    literal,   // a value
    query,     // nodes; as an operand of a comparison the value of its one node
    function,  // a value, or a truth for match and search
    either,    // logical: one of the operands
    both,      // logical: all of the operands
    negation,  // logical
    compare,   // logical
    exists,    // logical: the query selects something
  };
  enum class Operator : std::uint8_t { equal, unequal, less, less_or_equal, greater, greater_or_equal };

  Kind kind = Kind::literal;
  Operator comparison = Operator::equal;
  Function function = Function::length;
  json::Value literal;
  Query query;
  std::vector<Expression> operands;
  std::optional<regex::Regex> pattern;  // of match and search with a literal pattern that is an I-Regexp
};

}  // namespace sentimark::jsonpath
