#include "hurl/evaluate.hpp"

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "digest/sha256.hpp"
#include "hurl/cookie.hpp"
#include "json/text.hpp"

namespace sentimark::hurl {
namespace {

using Kind = Query::Kind;

Found text_of(std::string text) { return Found::of(Value::of(json::Value(std::move(text)))); }
Found number_of(std::int64_t number) { return Found::of(Value::of(json::Value(number))); }

// One value as a string, more as a list, none as nothing.
Found header(const std::string& name, const Response& response) {
  json::Array values;
  for (const HeaderField& field : response.headers) {
    if (base::equals_ignoring_case(field.name, name)) values.push_back(json::Value(field.value));
  }
  if (values.empty()) return Found::nothing();
  if (values.size() == 1) return Found::of(Value::of(std::move(values[0])));
  return Found::of(Value::of(json::Value(std::move(values))));
}

std::string charset_of(const Response& response) {
  for (const HeaderField& field : response.headers) {
    if (!base::equals_ignoring_case(field.name, "content-type")) continue;
    for (const std::string& part : base::split(field.value, ';')) {
      std::string word = base::to_lower(base::trim(part));
      if (!word.starts_with("charset=")) continue;
      word.erase(0, 8);
      if (word.size() >= 2 && word.front() == '"' && word.back() == '"') word = word.substr(1, word.size() - 2);
      return word;
    }
  }
  return "utf-8";
}

Found certificate(const std::string& field, const Response& response) {
  if (!response.certificate) return Found::nothing();
  const http1::Certificate& known = *response.certificate;
  if (field == "Start-Date") return Found::of(Value::of_date(known.start));
  if (field == "Expire-Date") return Found::of(Value::of_date(known.expire));
  if (field == "Issuer") return text_of(known.issuer);
  return text_of(field == "Subject" ? known.subject : known.serial_number);
}

// The bytes of the body, or why there are none.
Found body_bytes(const Response& response) {
  return response.body_problem.empty() ? Found::of(Value::of_bytes(response.body))
                                       : Found::broken(response.body_problem);
}

Found sha256(const Response& response) {
  if (!response.body_problem.empty()) return Found::broken(response.body_problem);
  digest::Sha256 sum;
  sum.update(response.body);
  const digest::Sha256Bytes bytes = sum.finish();
  return Found::of(Value::of_bytes(std::string(bytes.begin(), bytes.end())));
}

Found body_json(Context& context) {
  const Found text = body_text(context);
  if (!text.exists) return text;
  if (!context.json) {
    auto parsed = json::parse(*context.text);
    if (!parsed) return Found::broken("the body is " + parsed.error().what);
    context.json = std::move(parsed).value();
  }
  return text;
}

Found first_group(const Pattern& pattern, const std::string& text, const Context& context) {
  std::optional<regex::Regex> regex;
  std::string problem = compile(pattern, context, regex);
  if (!problem.empty()) return Found::broken(std::move(problem));
  const auto groups = regex->find(text);
  if (!groups || groups->size() < 2 || (*groups)[1].begin == regex::Span::none) return Found::nothing();
  return text_of(text.substr((*groups)[1].begin, (*groups)[1].end - (*groups)[1].begin));
}

Found named(const Query& query, Context& context) {
  auto name = render(query.name, context.file, context.variables);
  if (!name) return Found::broken(name.error().what);
  if (query.kind == Kind::header) return header(*name, context.response);
  if (query.kind == Kind::cookie) return cookie(*name, query.attribute, context.response);
  const Value* const value = context.variables.find(*name);
  return value == nullptr ? Found::nothing() : Found::of(*value);
}

}  // namespace

Found decoded(std::string_view bytes, std::string_view charset) {
  const std::string name = base::to_lower(charset);
  if (name == "utf-8" || name == "utf8" || name == "us-ascii" || name == "ascii") {
    if (!base::is_valid_utf8(bytes)) return Found::broken("the bytes are not valid UTF-8");
    return text_of(std::string(bytes));
  }
  if (name == "iso-8859-1" || name == "latin1") {
    std::string text;
    for (const char byte : bytes) base::append_utf8(text, static_cast<unsigned char>(byte));
    return text_of(std::move(text));
  }
  return Found::broken("the charset '" + name + "' is not supported: UTF-8 and ISO-8859-1 are");
}

Found body_text(Context& context) {
  if (!context.text) {
    if (!context.response.body_problem.empty()) return Found::broken(context.response.body_problem);
    Found text = decoded(context.response.body, charset_of(context.response));
    if (!text.exists) return text;
    context.text = text.value.text();
  }
  return text_of(*context.text);
}

std::string compile(const Pattern& pattern, const Context& context, std::optional<regex::Regex>& regex) {
  if (pattern.compiled) return regex = pattern.compiled, std::string();
  auto text = render(pattern.text, context.file, context.variables);
  if (!text) return text.error().what;
  auto compiled = regex::Regex::compile(*text, regex::Syntax::rust);
  if (!compiled) return compiled.error().what;
  regex = std::move(compiled).value();
  return {};
}

// As Hurl has it whatever the path's form: no node gives nothing, one gives its value, more give a list.
Found select(const PathQuery& path, const json::Value& document, const Context& context) {
  std::optional<jsonpath::Path> compiled = path.compiled;
  if (!compiled) {
    auto text = render(path.text, context.file, context.variables);
    if (!text) return Found::broken(text.error().what);
    auto parsed = jsonpath::Path::parse(*text);
    if (!parsed) return Found::broken(parsed.error().what);
    compiled = std::move(parsed).value();
  }
  auto nodes = compiled->select(document);
  if (!nodes) return Found::broken(nodes.error().what);
  if (nodes->empty()) return Found::nothing();
  if (nodes->size() == 1) return Found::of(Value::of(*(*nodes)[0].value));
  json::Array values;
  for (const jsonpath::Node& node : *nodes) values.push_back(*node.value);
  return Found::of(Value::of(json::Value(std::move(values))));
}

Found evaluate(const Query& query, Context& context) {
  const Response& response = context.response;
  switch (query.kind) {
    case Kind::status:
      return number_of(response.status);
    case Kind::version:
      return text_of(response.version);
    case Kind::url:
      return text_of(response.url);
    case Kind::ip:
      return text_of(response.ip);
    case Kind::duration:
      return number_of(response.duration.count());
    case Kind::bytes:
      return body_bytes(response);
    case Kind::sha256:
      return sha256(response);
    case Kind::body:
      return body_text(context);
    case Kind::certificate:
      return certificate(query.attribute, response);
    case Kind::header:
    case Kind::cookie:
    case Kind::variable:
      return named(query, context);
    case Kind::jsonpath: {
      Found parsed = body_json(context);
      return parsed.exists ? select(query.path, *context.json, context) : parsed;
    }
    case Kind::regex: {
      Found text = body_text(context);
      return text.exists ? first_group(query.pattern, *context.text, context) : text;
    }
  }
  return Found::nothing();
}

Found evaluate(const Query& query, const std::vector<Filter>& filters, Context& context) {
  Found found = evaluate(query, context);
  for (const Filter& filter : filters) {
    if (!found.problem.empty()) return found;
    if (!found.exists) return Found::broken("the query gives nothing, so there is nothing to filter");
    found = filter.kind == Filter::Kind::regex && found.value.is_string()
                ? first_group(filter.pattern, found.value.text(), context)
                : apply(filter, found.value, context);
  }
  return found;
}

}  // namespace sentimark::hurl
