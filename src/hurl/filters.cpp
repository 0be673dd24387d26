#include <cmath>
#include <cstdlib>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "hurl/evaluate.hpp"
#include "json/text.hpp"

namespace sentimark::hurl {
namespace {

using Kind = Filter::Kind;

Found text_of(std::string text) { return Found::of(Value::of(json::Value(std::move(text)))); }
Found number_of(std::int64_t number) { return Found::of(Value::of(json::Value(number))); }

Found wrong_input(const Value& input, std::string_view needed) {
  return Found::broken("the filter needs " + std::string(needed) + " and was given " + describe(input));
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_' || c == '~' || c == '/';
}

std::string url_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    if (is_unreserved(c)) {
      result.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    result.push_back('%');
    result.push_back(digits[byte >> 4U]);
    result.push_back(digits[byte & 15U]);
  }
  return result;
}

Found url_decoded(std::string_view text, bool plus_is_blank) {
  const auto hex = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    if (escaped) {
      result.push_back(static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2])));
      i += 2;
    } else {
      result.push_back(plus_is_blank && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return decoded(result, "utf-8");
}

Found query_parameter(std::string_view url, std::string_view name) {
  const std::size_t start = url.find('?');
  if (start == std::string_view::npos) return Found::nothing();
  const std::string_view query = url.substr(start + 1, url.find('#') - start - 1);
  for (const std::string& pair : base::split(query, '&')) {
    const std::size_t equals = pair.find('=');
    const Found key = url_decoded(std::string_view(pair).substr(0, equals), true);
    if (!key.exists || key.value.text() != name) continue;
    return url_decoded(equals == std::string::npos ? std::string_view() : std::string_view(pair).substr(equals + 1),
                       true);
  }
  return Found::nothing();
}

Found to_int(const Value& input) {
  if (input.is_number()) {
    if (input.json.is_integer()) return Found::of(input);
    const double number = input.json.number_or(0);
    if (!(std::fabs(number) < 9.2e18)) return wrong_input(input, "a number within 64 bits");
    return number_of(static_cast<std::int64_t>(number));
  }
  std::string_view text = input.text();
  const bool negative = text.starts_with("-");
  if (negative || text.starts_with("+")) text.remove_prefix(1);
  const auto number = base::parse_unsigned(text);
  if (!input.is_string() || !number || *number > static_cast<std::uint64_t>(INT64_MAX))
    return wrong_input(input, "a whole number");
  return number_of(negative ? -static_cast<std::int64_t>(*number) : static_cast<std::int64_t>(*number));
}

Found to_float(const Value& input) {
  if (input.is_number()) return Found::of(Value::of(json::Value(input.json.number_or(0))));
  const std::string& text = input.text();
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const bool plain = !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string::npos;
  if (!plain || end != text.c_str() + text.size()) return wrong_input(input, "a number");
  return Found::of(Value::of(json::Value(number)));
}

Found to_text(const Value& input) {
  if (input.kind == Value::Kind::date) return text_of(base::to_rfc3339(input.date));
  if (input.kind != Value::Kind::json || input.is_list() || input.is_object())
    return wrong_input(input, "a single value");
  return input.is_string() ? Found::of(input) : text_of(json::to_text(input.json));
}

Found base64(Kind kind, const Value& input) {
  const bool url = kind == Kind::base64url_decode || kind == Kind::base64url_encode;
  if (kind == Kind::base64_encode || kind == Kind::base64url_encode) {
    if (input.kind != Value::Kind::bytes) return wrong_input(input, "bytes");
    std::string text = base::to_base64(input.bytes);
    if (url) {
      while (!text.empty() && text.back() == '=') text.pop_back();
      for (char& c : text) c = c == '+' ? '-' : (c == '/' ? '_' : c);
    }
    return text_of(std::move(text));
  }
  if (!input.is_string()) return wrong_input(input, "a string");
  auto bytes = url ? base::from_base64url(input.text()) : base::from_base64(input.text());
  if (!bytes) return Found::broken(bytes.error().what);
  return Found::of(Value::of_bytes(std::move(bytes).value()));
}

// A whole number of days, towards zero.
Found days(const Value& input, base::WallTime now, bool after) {
  if (input.kind != Value::Kind::date) return wrong_input(input, "a date");
  const std::int64_t span = input.date.since_epoch.count() - now.since_epoch.count();
  return number_of((after ? span : -span) / 86'400'000);
}

Found item(const Filter& filter, const Value& input, const Context& context) {
  if (!input.is_list()) return wrong_input(input, "a list");
  const json::Array& items = input.json.items();
  const auto size = static_cast<std::int64_t>(items.size());
  std::int64_t index = filter.kind == Kind::last ? size - 1 : 0;
  if (filter.kind == Kind::nth) {
    const auto number = value_of(filter.index, context.file, context.variables, nullptr);
    if (!number) return Found::broken(number.error().what);
    if (!number->is_number() || !number->json.is_integer())
      return Found::broken("nth needs an integer and was given " + describe(*number));
    index = number->json.int_or(0);
    if (index < 0) index += size;
    if (index < 0 || index >= size)
      return Found::broken("nth is out of bounds: the list has " + std::to_string(size) + " items");
  }
  if (index < 0 || index >= size) return Found::nothing();
  return Found::of(Value::of(items[static_cast<std::size_t>(index)]));
}

Found split(const std::string& text, const std::string& separator) {
  if (separator.empty()) return Found::broken("split needs a separator");
  json::Array parts;
  std::size_t from = 0;
  for (;;) {
    const std::size_t at = text.find(separator, from);
    parts.push_back(json::Value(text.substr(from, at == std::string::npos ? at : at - from)));
    if (at == std::string::npos) return Found::of(Value::of(json::Value(std::move(parts))));
    from = at + separator.size();
  }
}

// Filters on a string whose parameters are rendered.
Found on_text(const Filter& filter, const std::string& input, const Context& context) {
  const auto text = render(filter.text, context.file, context.variables);
  if (!text) return Found::broken(text.error().what);
  const auto by = render(filter.by, context.file, context.variables);
  if (!by) return Found::broken(by.error().what);
  switch (filter.kind) {
    case Kind::split:
      return split(input, *text);
    case Kind::replace:
      return text_of(base::replace_all(input, *text, *by));
    case Kind::url_query_param:
      return query_parameter(input, *text);
    case Kind::replace_regex: {
      std::optional<regex::Regex> regex;
      std::string problem = compile(filter.pattern, context, regex);
      if (!problem.empty()) return Found::broken(std::move(problem));
      return text_of(regex::replace_all(*regex, input, *by));
    }
    case Kind::html_escape:
      return text_of(
          base::replace_all(base::replace_all(base::replace_all(input, "&", "&amp;"), "<", "&lt;"), ">", "&gt;"));
    case Kind::jsonpath: {
      const auto document = json::parse(input);
      if (!document) return Found::broken("the value is " + document.error().what);
      return select(filter.path, *document, context);
    }
    case Kind::url_decode:
      return url_decoded(input, false);
    case Kind::url_encode:
      return text_of(url_encoded(input));
    default:  // utf8Encode
      return Found::of(Value::of_bytes(input));
  }
}

}  // namespace

Found apply(const Filter& filter, const Value& input, Context& context) {
  switch (filter.kind) {
    case Kind::base64_decode:
    case Kind::base64_encode:
    case Kind::base64url_decode:
    case Kind::base64url_encode:
      return base64(filter.kind, input);
    case Kind::count:
      if (input.is_list()) return number_of(static_cast<std::int64_t>(input.json.items().size()));
      if (input.kind == Value::Kind::bytes) return number_of(static_cast<std::int64_t>(input.bytes.size()));
      return wrong_input(input, "a list or bytes");
    case Kind::days_after_now:
    case Kind::days_before_now:
      return days(input, context.now, filter.kind == Kind::days_after_now);
    case Kind::decode:
    case Kind::utf8_decode: {
      if (input.kind != Value::Kind::bytes) return wrong_input(input, "bytes");
      if (filter.kind == Kind::utf8_decode) return decoded(input.bytes, "utf-8");
      const auto charset = render(filter.text, context.file, context.variables);
      return charset ? decoded(input.bytes, *charset) : Found::broken(charset.error().what);
    }
    case Kind::first:
    case Kind::last:
    case Kind::nth:
      return item(filter, input, context);
    case Kind::to_float:
      return to_float(input);
    case Kind::to_hex: {
      if (input.kind != Value::Kind::bytes) return wrong_input(input, "bytes");
      const auto* const data = reinterpret_cast<const unsigned char*>(input.bytes.data());
      return text_of(base::to_hex({data, input.bytes.size()}));
    }
    case Kind::to_int:
      return to_int(input);
    case Kind::to_string:
      return to_text(input);
    default:
      return input.is_string() ? on_text(filter, input.text(), context) : wrong_input(input, "a string");
  }
}

}  // namespace sentimark::hurl
