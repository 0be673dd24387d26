#include "hurl/query.hpp"

#include <array>

#include "base/text.hpp"

namespace sentimark::hurl {
namespace {

template <typename Kind>
struct Word {
  std::string_view word;
  Kind kind;
};

template <typename Kind, std::size_t size>
const Word<Kind>* find(const Word<Kind> (&table)[size], std::string_view word) {
  for (const Word<Kind>& row : table) {
    if (row.word == word) return &row;
  }
  return nullptr;
}

using QKind = Query::Kind;
constexpr Word<QKind> k_queries[] = {
    {"status", QKind::status},
    {"version", QKind::version},
    {"url", QKind::url},
    {"header", QKind::header},
    {"cookie", QKind::cookie},
    {"body", QKind::body},
    {"bytes", QKind::bytes},
    {"jsonpath", QKind::jsonpath},
    {"regex", QKind::regex},
    {"sha256", QKind::sha256},
    {"variable", QKind::variable},
    {"duration", QKind::duration},
    {"certificate", QKind::certificate},
    {"ip", QKind::ip},
};

using FKind = Filter::Kind;
constexpr Word<FKind> k_filters[] = {
    {"base64Decode", FKind::base64_decode},
    {"base64Encode", FKind::base64_encode},
    {"base64UrlSafeDecode", FKind::base64url_decode},
    {"base64UrlSafeEncode", FKind::base64url_encode},
    {"charsetDecode", FKind::decode},
    {"count", FKind::count},
    {"daysAfterNow", FKind::days_after_now},
    {"daysBeforeNow", FKind::days_before_now},
    {"decode", FKind::decode},
    {"first", FKind::first},
    {"htmlEscape", FKind::html_escape},
    {"jsonpath", FKind::jsonpath},
    {"last", FKind::last},
    {"nth", FKind::nth},
    {"regex", FKind::regex},
    {"replace", FKind::replace},
    {"replaceRegex", FKind::replace_regex},
    {"split", FKind::split},
    {"toFloat", FKind::to_float},
    {"toHex", FKind::to_hex},
    {"toInt", FKind::to_int},
    {"toString", FKind::to_string},
    {"urlDecode", FKind::url_decode},
    {"urlEncode", FKind::url_encode},
    {"urlQueryParam", FKind::url_query_param},
    {"utf8Decode", FKind::utf8_decode},
    {"utf8Encode", FKind::utf8_encode},
};

using PKind = Predicate::Kind;
constexpr Word<PKind> k_signs[] = {
    {"==", PKind::equal},         {"!=", PKind::not_equal}, {">=", PKind::greater_or_equal},
    {"<=", PKind::less_or_equal}, {">", PKind::greater},    {"<", PKind::less},
};
constexpr Word<PKind> k_predicates[] = {
    {"startsWith", PKind::starts_with}, {"endsWith", PKind::ends_with},   {"contains", PKind::contains},
    {"includes", PKind::includes},      {"matches", PKind::matches},      {"exists", PKind::exists},
    {"isEmpty", PKind::is_empty},       {"isBoolean", PKind::is_boolean}, {"isCollection", PKind::is_collection},
    {"isDate", PKind::is_date},         {"isFloat", PKind::is_float},     {"isInteger", PKind::is_integer},
    {"isIsoDate", PKind::is_iso_date},  {"isList", PKind::is_list},       {"isNumber", PKind::is_number},
    {"isObject", PKind::is_object},     {"isString", PKind::is_string},   {"isIpv4", PKind::is_ipv4},
    {"isIpv6", PKind::is_ipv6},         {"isUuid", PKind::is_uuid},
};

// What Hurl has or had and this subset has not, with the way out.
struct Refused {
  std::string_view word;
  std::string_view cure;
};
constexpr Refused k_refused[] = {
    {"equals", "removed in Hurl 6.1; write =="},
    {"notEquals", "removed in Hurl 6.1; write !="},
    {"greaterThan", "removed in Hurl 6.1; write >"},
    {"greaterThanOrEquals", "removed in Hurl 6.1; write >="},
    {"lessThan", "removed in Hurl 6.1; write <"},
    {"lessThanOrEquals", "removed in Hurl 6.1; write <="},
    {"countEquals", "removed from Hurl; write count == and the number"},
    {"xpath", "XML and HTML are not taken apart here; use regex, or body contains"},
    {"md5", "use sha256"},
    {"rawbytes", "use bytes"},
    {"redirects", "use url with the option location"},
    {"location", "use url with the option location"},
    {"htmlUnescape", "compare with the escaped text"},
    {"toDate", "dates are compared by daysAfterNow and daysBeforeNow of a certificate or cookie"},
    {"format", "dates are compared by daysAfterNow and daysBeforeNow of a certificate or cookie"},
    {"dateFormat", "dates are compared by daysAfterNow and daysBeforeNow of a certificate or cookie"},
};

void refuse(Reader& reader, std::size_t at, std::string_view word, std::string_view what) {
  for (const Refused& row : k_refused) {
    if (row.word == word)
      return reader.fail_at(at, "'" + std::string(word) + "' is not supported", std::string(row.cure));
  }
  reader.fail_at(
      at, word.empty() ? std::string(what) + " is needed" : "'" + std::string(word) + "' is no " + std::string(what));
}

// name[attribute] of a cookie.
void cookie_path(Reader& reader, Query& query) {
  constexpr std::array<std::string_view, 8> attributes = {"value", "expires", "max-age",  "domain",
                                                          "path",  "secure",  "httponly", "samesite"};
  const std::size_t start = reader.offset();
  query.name = read_quoted(reader);
  query.attribute = "value";
  if (query.name.pieces.empty() || query.name.pieces.back().kind != Piece::Kind::text) return;
  std::string& text = query.name.pieces.back().text;
  const std::size_t open = text.find('[');
  if (open == std::string::npos) return;
  query.attribute = text.back() == ']'
                        ? base::to_lower(base::trim(std::string_view(text).substr(open + 1, text.size() - open - 2)))
                        : "";
  text.resize(open);
  for (const std::string_view known : attributes) {
    if (known == query.attribute) return;
  }
  reader.fail_at(start, "a cookie has no such attribute",
                 "known are Value, Expires, Max-Age, Domain, Path, Secure, HttpOnly and SameSite");
}

void certificate_field(Reader& reader, Query& query) {
  constexpr std::array<std::string_view, 5> fields = {"Subject", "Issuer", "Start-Date", "Expire-Date",
                                                      "Serial-Number"};
  const std::size_t start = reader.offset();
  const Template field = read_quoted(reader);
  query.attribute = field.is_constant() && !field.pieces.empty() ? field.pieces[0].text : "";
  for (const std::string_view known : fields) {
    if (known == query.attribute) return;
  }
  reader.fail_at(start, "a certificate has no such field",
                 "known are Subject, Issuer, Start-Date, Expire-Date and Serial-Number");
}

Literal index_of(Reader& reader) {
  const std::size_t start = reader.offset();
  Literal index;
  if (reader.ahead("{{") || reader.peek() == '-' || (reader.peek() >= '0' && reader.peek() <= '9'))
    index = read_literal(reader);
  if (index.kind != Literal::Kind::variable && !index.json.is_integer()) reader.fail_at(start, "an integer is needed");
  return index;
}

}  // namespace

Query read_query(Reader& reader) {
  Query query;
  query.place = reader.place();
  const std::size_t start = reader.offset();
  const std::string_view word = reader.word();
  const Word<QKind>* const row = find(k_queries, word);
  if (row == nullptr) return refuse(reader, start, word, "query"), query;
  query.kind = row->kind;
  switch (query.kind) {
    case QKind::header:
    case QKind::variable:
      reader.need_spaces();
      query.name = read_quoted(reader);
      break;
    case QKind::cookie:
      reader.need_spaces();
      cookie_path(reader, query);
      break;
    case QKind::certificate:
      reader.need_spaces();
      certificate_field(reader, query);
      break;
    case QKind::jsonpath:
      reader.need_spaces();
      query.path = read_path(reader);
      break;
    case QKind::regex:
      reader.need_spaces();
      query.pattern = read_pattern(reader);
      break;
    default:
      break;
  }
  return query;
}

std::vector<Filter> read_filters(Reader& reader) {
  std::vector<Filter> filters;
  for (;;) {
    const std::size_t before = reader.offset();
    if (!reader.spaces()) return filters;
    const std::size_t start = reader.offset();
    Filter filter;
    filter.place = reader.place();
    const std::string_view word = reader.word();
    const Word<FKind>* const row = find(k_filters, word);
    if (row == nullptr) {
      for (const std::string_view refused : {"xpath", "htmlUnescape", "toDate", "format", "dateFormat", "location"}) {
        if (word == refused) refuse(reader, start, word, "filter");
      }
      reader.seek(before);
      return filters;
    }
    filter.kind = row->kind;
    switch (filter.kind) {
      case FKind::decode:
      case FKind::split:
      case FKind::url_query_param:
        reader.need_spaces();
        filter.text = read_quoted(reader);
        break;
      case FKind::replace:
        reader.need_spaces();
        filter.text = read_quoted(reader);
        reader.need_spaces();
        filter.by = read_quoted(reader);
        break;
      case FKind::replace_regex:
        reader.need_spaces();
        filter.pattern = read_pattern(reader);
        reader.need_spaces();
        filter.by = read_quoted(reader);
        break;
      case FKind::regex:
        reader.need_spaces();
        filter.pattern = read_pattern(reader);
        break;
      case FKind::jsonpath:
        reader.need_spaces();
        filter.path = read_path(reader);
        break;
      case FKind::nth:
        reader.need_spaces();
        filter.index = index_of(reader);
        break;
      default:
        break;
    }
    filters.push_back(std::move(filter));
  }
}

Predicate read_predicate(Reader& reader) {
  Predicate predicate;
  predicate.place = reader.place();
  if (reader.ahead("not ") || reader.ahead("not\t")) {
    reader.take("not");
    reader.spaces();
    predicate.negated = true;
  }
  for (const Word<PKind>& sign : k_signs) {
    if (!reader.take(sign.word)) continue;
    predicate.kind = sign.kind;
    reader.spaces();
    const std::size_t start = reader.offset();
    predicate.value = read_literal(reader);
    const Literal::Kind kind = predicate.value.kind;
    const bool ordered = predicate.kind != PKind::equal && predicate.kind != PKind::not_equal;
    const bool comparable =
        kind == Literal::Kind::text || kind == Literal::Kind::variable || predicate.value.json.is_number();
    if ((ordered && !comparable) || kind == Literal::Kind::regex) {
      reader.fail_at(start, "this predicate compares with a number, a text or {{a variable}}");
    }
    return predicate;
  }
  const std::size_t start = reader.offset();
  const std::string_view word = reader.word();
  const Word<PKind>* const row = find(k_predicates, word);
  if (row == nullptr) return refuse(reader, start, word, "predicate"), predicate;
  predicate.kind = row->kind;
  if (predicate.kind == PKind::matches) {
    reader.need_spaces();
    predicate.pattern = read_pattern(reader);
  } else if (predicate.kind <= PKind::includes) {
    reader.need_spaces();
    const std::size_t value = reader.offset();
    predicate.value = read_literal(reader);
    const Literal::Kind kind = predicate.value.kind;
    const bool of_lists = predicate.kind == PKind::includes || predicate.kind == PKind::contains;
    if (!of_lists && (kind == Literal::Kind::json || kind == Literal::Kind::regex)) {
      reader.fail_at(value, "this predicate needs a text or bytes");
    }
    if (kind == Literal::Kind::regex) reader.fail_at(value, "this predicate takes no pattern");
  }
  return predicate;
}

}  // namespace sentimark::hurl
