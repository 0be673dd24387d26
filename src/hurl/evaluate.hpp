// Queries on a response and filters on values.
#pragma once
#include "hurl/judge.hpp"

namespace sentimark::hurl {

// A value, nothing (a header that is not there), or why none could be had.
struct Found {
  bool exists = false;
  Value value;
  std::string problem;  // empty: none

  static Found of(Value value) { return {true, std::move(value), {}}; }
  static Found nothing() { return {}; }
  static Found broken(std::string why) { return {false, {}, std::move(why)}; }
};

// What one judgement looks at again and again: the body is decoded and parsed once.
struct Context {
  const Response& response;
  std::string_view file;
  const Variables& variables;
  Files* files;
  base::WallTime now;
  std::optional<std::string> text;
  std::optional<json::Value> json;
};

Found evaluate(const Query& query, Context& context);
Found apply(const Filter& filter, const Value& input, Context& context);

// The query's value through all its filters.
Found evaluate(const Query& query, const std::vector<Filter>& filters, Context& context);

// The body by its charset; a problem for a charset that is not known or bytes that are not in it.
Found body_text(Context& context);
Found decoded(std::string_view bytes, std::string_view charset);

Found select(const PathQuery& path, const json::Value& document, const Context& context);

// The pattern with its variables put in; a problem when it is none. The regex lives as long as both arguments.
std::string compile(const Pattern& pattern, const Context& context, std::optional<regex::Regex>& regex);

struct Verdict {
  bool holds = false;
  bool mismatch = false;  // of types: fails with and without "not"
  std::string expected;
  std::string problem;
};
Verdict test(const Predicate& predicate, const Found& found, Context& context);

}  // namespace sentimark::hurl
