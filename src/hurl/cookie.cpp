#include "hurl/cookie.hpp"

#include "base/text.hpp"

namespace sentimark::hurl {
namespace {

// "Wed, 13 Jan 2021 22:23:01 GMT", also with dashes in the date, as RFC 3339.
std::string to_rfc3339_text(std::string_view date) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  std::vector<std::string> words;
  for (const std::string& word : base::split(base::replace_all(std::string(date), "-", " "), ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  if (words.size() < 5 || words[2].size() != 3) return {};
  const std::size_t month = months.find(words[2]);
  if (month == std::string_view::npos || month % 3 != 0) return {};
  const std::string number = std::to_string(month / 3 + 1);
  const std::string day = (words[1].size() == 1 ? "0" : "") + words[1];
  return words[3] + (number.size() == 1 ? "-0" : "-") + number + "-" + day + "T" + words[4] + "Z";
}

Found attribute_value(std::string_view name, std::string value) {
  if (name == "secure" || name == "httponly") {
    Value unit;
    unit.kind = Value::Kind::unit;
    return Found::of(unit);
  }
  if (name == "max-age") {
    const bool negative = value.starts_with("-");
    const auto seconds = base::parse_unsigned(std::string_view(value).substr(negative ? 1 : 0));
    if (!seconds || *seconds > static_cast<std::uint64_t>(INT64_MAX))
      return Found::broken("the cookie's Max-Age is no number");
    const auto number = static_cast<std::int64_t>(*seconds);
    return Found::of(Value::of(json::Value(negative ? -number : number)));
  }
  if (name == "expires") {
    const auto at = cookie_date(value);
    return at ? Found::of(Value::of_date(*at)) : Found::broken("the cookie's Expires is no date: " + value);
  }
  return Found::of(Value::of(json::Value(std::move(value))));
}

}  // namespace

std::optional<base::WallTime> cookie_date(std::string_view text) {
  const auto at = base::from_rfc3339(to_rfc3339_text(text));
  return at ? std::optional(*at) : std::nullopt;
}

Found cookie(std::string_view name, std::string_view attribute, const Response& response) {
  for (const HeaderField& field : response.headers) {
    if (!base::equals_ignoring_case(field.name, "set-cookie")) continue;
    bool first = true;
    for (const std::string& part : base::split(field.value, ';')) {
      const std::size_t equals = part.find('=');
      const std::string key(base::trim(std::string_view(part).substr(0, equals)));
      std::string value(equals == std::string::npos ? std::string_view()
                                                    : base::trim(std::string_view(part).substr(equals + 1)));
      if (first && key != name) break;
      if (first && attribute == "value") return attribute_value(attribute, std::move(value));
      if (!first && base::to_lower(key) == attribute) return attribute_value(attribute, std::move(value));
      first = false;
    }
    if (!first) return Found::nothing();
  }
  return Found::nothing();
}

}  // namespace sentimark::hurl
