#include <arpa/inet.h>

#include <algorithm>
#include <array>

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

void test_item(const Value& list, const Value& item, Verdict& verdict) {
  verdict.mismatch = !list.is_list();
  const json::Array& items = list.json.items();
  verdict.holds =
      std::any_of(items.begin(), items.end(), [&](const json::Value& one) { return equal(Value::of(one), item); });
}

bool is_address(int family, const std::string& text) {
  std::array<unsigned char, 16> bytes{};
  return text.find('\0') == std::string::npos && ::inet_pton(family, text.c_str(), bytes.data()) == 1;
}

// As the uuid crate reads them: with hyphens, in braces or as a URN, or 32 digits.
bool is_uuid(std::string_view text) {
  if (text.starts_with("urn:uuid:")) {
    text.remove_prefix(9);
    if (text.size() != 36) return false;
  } else if (text.starts_with('{') && text.ends_with('}')) {
    text = text.substr(1, text.size() - 2);
    if (text.size() != 36) return false;
  }
  if (text.size() != 36 && text.size() != 32) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool hyphen = text.size() == 36 && (at == 8 || at == 13 || at == 18 || at == 23);
    const char lower = static_cast<char>(text[at] | 0x20);
    const bool digit = (text[at] >= '0' && text[at] <= '9') || (lower >= 'a' && lower <= 'f');
    if (hyphen ? text[at] != '-' : !digit) return false;
  }
  return true;
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
    case Kind::is_ipv4:
    case Kind::is_ipv6:
      verdict.mismatch = !actual.is_string();
      verdict.holds = actual.is_string() && is_address(kind == Kind::is_ipv4 ? AF_INET : AF_INET6, actual.text());
      break;
    case Kind::is_uuid:
      verdict.mismatch = !actual.is_string();
      verdict.holds = actual.is_string() && is_uuid(actual.text());
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
      test_part(kind, actual, expected, verdict);
      break;
    case Kind::contains:
      if (!actual.is_list()) {
        test_part(kind, actual, expected, verdict);
        break;
      }
      [[fallthrough]];
    case Kind::includes:
      test_item(actual, expected, verdict);
      break;
    default:
      verdict.mismatch = !compare(actual, expected, order);
      verdict.holds = !verdict.mismatch && ordered(kind, order);
      break;
  }
}

constexpr std::string_view k_words[] = {
    "",           "other than ", "> ",           ">= ",          "< ",        "<= ",   "starts with ",
    "ends with ", "contains ",   "includes ",    "matches ",     "something", "empty", "boolean",
    "collection", "date",        "float",        "integer",      "ISO date",  "list",  "number",
    "object",     "string",      "IPv4 address", "IPv6 address", "UUID"};
static_assert(std::size(k_words) == static_cast<std::size_t>(Kind::is_uuid) + 1);

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
