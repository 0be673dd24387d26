// A .hurl file as a tree: entries of a request and what is expected of its response (hurl.dev, "Grammar").
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "json/value.hpp"
#include "jsonpath/jsonpath.hpp"
#include "regex/regex.hpp"

namespace sentimark::hurl {

struct Place {
  std::uint32_t line = 1;    // from 1
  std::uint32_t column = 1;  // from 1, in characters
};

// Text with {{variables}}.
struct Piece {
  enum class Kind : std::uint8_t {
    text,
    variable,
    json_string,  // a variable inside a JSON string: rendered with JSON's escapes
    json_value,   // a variable where a JSON value stands: only null, booleans and numbers
  };
  Kind kind = Kind::text;
  std::string text;  // or the variable's name
  Place place;
};
struct Template {
  std::vector<Piece> pieces;
  Place place;
  bool is_constant() const { return pieces.empty() || (pieces.size() == 1 && pieces[0].kind == Piece::Kind::text); }
};

struct KeyValue {
  Template key;
  Template value;
};

struct Body {
  enum class Kind : std::uint8_t { none, json, xml, text, graphql, bytes, file };
  Kind kind = Kind::none;
  Template text;       // of json, xml, text and graphql; the name of a file
  Template variables;  // of graphql: a JSON object, or nothing
  std::string bytes;   // of bytes
  Place place;
};

struct Part {  // of a multipart form
  Template key;
  Template value;  // or the name of a file
  bool is_file = false;
  Template content_type;  // of a file; empty: by the file's name
};

// What a predicate compares with, and what [Options] gives a variable.
struct Literal {
  enum class Kind : std::uint8_t { json, text, bytes, file, variable, regex };
  Kind kind = Kind::json;
  json::Value json;  // null, a boolean or a number
  Template text;     // text, name of a file, variable, or pattern
  std::string bytes;
};

struct Option {
  enum class Name : std::uint8_t {
    connect_to,
    delay,
    header,
    insecure,
    location,
    max_redirs,
    repeat,
    retry,
    retry_interval,
    skip,
    user,
    variable,
    verbose,
  };
  Name name = Name::skip;
  Template value;        // not of variable
  std::string variable;  // of variable
  Literal literal;       // of variable
};

// Patterns and paths without variables are compiled while the file is read, so that a mistake has its place.
struct Pattern {
  Template text;
  std::optional<regex::Regex> compiled;
};
struct PathQuery {
  Template text;
  std::optional<jsonpath::Path> compiled;
};

struct Query {
  enum class Kind : std::uint8_t {
    status,
    version,
    url,
    header,
    cookie,
    body,
    bytes,
    jsonpath,
    regex,
    sha256,
    variable,
    duration,
    certificate,
    ip,
  };
  Kind kind = Kind::status;
  Template name;          // of header, cookie and variable
  std::string attribute;  // of cookie and certificate, in lower case
  PathQuery path;
  Pattern pattern;
  Place place;
};

struct Filter {
  enum class Kind : std::uint8_t {
    base64_decode,
    base64_encode,
    base64url_decode,
    base64url_encode,
    count,
    days_after_now,
    days_before_now,
    decode,
    first,
    html_escape,
    jsonpath,
    last,
    nth,
    regex,
    replace,
    replace_regex,
    split,
    to_float,
    to_hex,
    to_int,
    to_string,
    url_decode,
    url_encode,
    url_query_param,
    utf8_decode,
    utf8_encode,
  };
  Kind kind = Kind::count;
  Template text;  // separator, encoding, parameter, what is replaced
  Template by;    // the replacement
  Literal index;  // of nth: an integer or a variable
  PathQuery path;
  Pattern pattern;
  Place place;
};

struct Predicate {
  enum class Kind : std::uint8_t {
    equal,
    not_equal,
    greater,
    greater_or_equal,
    less,
    less_or_equal,
    starts_with,
    ends_with,
    contains,
    includes,
    matches,
    exists,
    is_empty,
    is_boolean,
    is_collection,
    is_date,
    is_float,
    is_integer,
    is_iso_date,
    is_list,
    is_number,
    is_object,
    is_string,
    is_ipv4,
    is_ipv6,
    is_uuid,
  };
  Kind kind = Kind::equal;
  bool negated = false;
  Literal value;
  Pattern pattern;  // of matches
  Place place;
};

struct Capture {
  Template name;
  Query query;
  std::vector<Filter> filters;
  bool redacted = false;
  Place place;
};

struct Assert {
  Query query;
  std::vector<Filter> filters;
  Predicate predicate;
  std::string source;  // as written, for reports
  Place place;
};

struct Request {
  std::string method;
  Template url;
  std::vector<KeyValue> headers;
  std::vector<KeyValue> query;
  std::vector<KeyValue> form;
  std::vector<Part> multipart;
  std::vector<KeyValue> cookies;
  std::vector<KeyValue> basic_auth;  // at most one
  std::vector<Option> options;
  Body body;
  Place place;
};

struct Expectation {
  std::string version;  // "1.0", "1.1"; empty: any
  int status = 0;       // 0: any
  std::vector<KeyValue> headers;
  std::vector<Capture> captures;
  std::vector<Assert> asserts;
  Body body;
  Place place;
  Place status_place;
};

struct Entry {
  Request request;
  std::optional<Expectation> response;
};

struct File {
  std::string name;
  std::vector<Entry> entries;
};

}  // namespace sentimark::hurl
