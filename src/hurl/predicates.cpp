#include "base/text.hpp"
#include "hurl/evaluate.hpp"

namespace sentimark::hurl {
namespace {

using Kind = Predicate::Kind;

bool equal(const Value& left, const Value& right) {
  if (left.kind != right.kind) return false;
  switch (left.kind) {
    case Value::Kind::json:
      return left.json == right.json;
    case Value::Kind::bytes:
      return left.bytes == right.bytes;
    case Value::Kind::date:
      return left.date == right.date;
    case Value::Kind::unit:
      break;
  }
  return true;
}

// Below zero, zero, above zero; false when the two have no order.
bool compare(const Value& left, const Value& right, int& order) {
  const auto of = [&order](const auto& a, const auto& b) {
    order = a < b ? -1 : (b < a ? 1 : 0);
    return true;
  };
  if (left.is_number() && right.is_number()) {
    if (left.json.is_integer() && right.json.is_integer()) return of(left.json.int_or(0), right.json.int_or(0));
    return of(left.json.number_or(0), right.json.number_or(0));
  }
  if (left.is_string() && right.is_string()) return of(left.text(), right.text());
  if (left.kind == Value::Kind::date && right.kind == Value::Kind::date) return of(left.date, right.date);
  return false;
}

bool ordered(Kind kind, int order) {
  switch (kind) {
    case Kind::greater:
      return order > 0;
    case Kind::greater_or_equal:
      return order >= 0;
    case Kind::less:
      return order < 0;
    default:
      return order <= 0;
  }
}

// startsWith, endsWith, contains: a string in a string, or bytes in bytes.
void test_part(Kind kind, const Value& actual, const Value& part, Verdict& verdict) {
  const bool strings = actual.is_string() && part.is_string();
  const bool bytes = actual.kind == Value::Kind::bytes && part.kind == Value::Kind::bytes;
  verdict.mismatch = !strings && !bytes;
  if (verdict.mismatch) return;
  const std::string_view whole = strings ? actual.text() : actual.bytes;
  const std::string_view wanted = strings ? part.text() : part.bytes;
  verdict.holds = kind == Kind::starts_with
                      ? whole.starts_with(wanted)
                      : (kind == Kind::ends_with ? whole.ends_with(wanted) : base::contains(whole, wanted));
}

void test_empty(const Value& actual, Verdict& verdict) {
  if (actual.is_list()) {
    verdict.holds = actual.json.items().empty();
  } else if (actual.is_object()) {
    verdict.holds = actual.json.members().empty();
  } else if (actual.is_string()) {
    verdict.holds = actual.text().empty();
  } else if (actual.kind == Value::Kind::bytes) {
    verdict.holds = actual.bytes.empty();
  } else {
    verdict.mismatch = true;
  }
}

void test_alone(Kind kind, const Value& actual, Verdict& verdict) {
  switch (kind) {
    case Kind::is_empty:
      return test_empty(actual, verdict);
    case Kind::is_boolean:
      verdict.holds = actual.kind == Value::Kind::json && actual.json.is_bool();
      break;
    case Kind::is_collection:
      verdict.holds = actual.is_list() || actual.is_object() || actual.kind == Value::Kind::bytes;
      break;
    case Kind::is_date:
      verdict.holds = actual.kind == Value::Kind::date;
      break;
    case Kind::is_float:
      verdict.holds = actual.is_number() && !actual.json.is_integer();
      break;
    case Kind::is_integer:
      verdict.holds = actual.is_number() && actual.json.is_integer();
      break;
    case Kind::is_iso_date:
      verdict.mismatch = !actual.is_string();
      verdict.holds = actual.is_string() && base::from_rfc3339(actual.text()).ok();
      break;
    case Kind::is_list:
      verdict.holds = actual.is_list();
      break;
    case Kind::is_number:
      verdict.holds = actual.is_number();
      break;
    case Kind::is_object:
      verdict.holds = actual.is_object();
      break;
    case Kind::is_string:
      verdict.holds = actual.is_string();
      break;
    default:  // exists
      verdict.holds = true;
      break;
  }
}

void test_value(Kind kind, const Value& actual, const Value& expected, Verdict& verdict) {
  int order = 0;
  switch (kind) {
    case Kind::equal:
      verdict.mismatch = actual.kind == Value::Kind::unit;
      verdict.holds = equal(actual, expected);
      break;
    case Kind::not_equal:
      verdict.mismatch = actual.kind == Value::Kind::unit;
      verdict.holds = !equal(actual, expected);
      break;
    case Kind::starts_with:
    case Kind::ends_with:
    case Kind::contains:
      test_part(kind, actual, expected, verdict);
      break;
    case Kind::includes:
      verdict.mismatch = !actual.is_list();
      for (const json::Value& item : actual.json.items())
        verdict.holds = verdict.holds || equal(Value::of(item), expected);
      break;
    default:
      verdict.mismatch = !compare(actual, expected, order);
      verdict.holds = !verdict.mismatch && ordered(kind, order);
      break;
  }
}

constexpr std::string_view k_words[] = {
    "",          "other than ", "> ",       ">= ",       "< ",     "<= ",     "starts with ", "ends with ",
    "contains ", "includes ",   "matches ", "something", "empty",  "boolean", "collection",   "date",
    "float",     "integer",     "ISO date", "list",      "number", "object",  "string"};
static_assert(std::size(k_words) == static_cast<std::size_t>(Kind::is_string) + 1);

}  // namespace

Verdict test(const Predicate& predicate, const Found& found, Context& context) {
  Verdict verdict;
  verdict.expected = (predicate.negated ? "not " : "") + std::string(k_words[static_cast<std::size_t>(predicate.kind)]);
  if (predicate.kind == Kind::matches) {
    std::optional<regex::Regex> regex;
    verdict.problem = compile(predicate.pattern, context, regex);
    if (!verdict.problem.empty()) return verdict;
    const auto written = render(predicate.pattern.text, context.file, context.variables);
    if (written) verdict.expected += "/" + *written + "/";
    verdict.mismatch = found.exists && !found.value.is_string();
    verdict.holds = found.exists && found.value.is_string() && regex->found_in(found.value.text());
    return verdict;
  }
  if (predicate.kind > Kind::matches) {
    if (found.exists) test_alone(predicate.kind, found.value, verdict);
    return verdict;
  }
  const auto expected = value_of(predicate.value, context.file, context.variables, context.files);
  if (!expected) {
    verdict.problem = expected.error().what;
    return verdict;
  }
  verdict.expected += describe(*expected);
  if (found.exists) test_value(predicate.kind, found.value, *expected, verdict);
  return verdict;
}

}  // namespace sentimark::hurl
