// Judges a response by what a .hurl entry expects of it, in Hurl's order: version and status first, and only when they
// are as expected the captures, then headers, body and asserts. Pure: whoever spoke HTTP fills in the response.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "http1/message.hpp"
#include "hurl/file.hpp"
#include "hurl/render.hpp"
#include "hurl/value.hpp"

namespace sentimark::hurl {

struct HeaderField {
  std::string name;
  std::string value;
};

struct Response {
  std::string version = "1.1";
  int status = 0;
  std::vector<HeaderField> headers;  // as received
  std::string body;                  // without content encoding
  std::string body_problem;          // why the encoding could not be undone; empty: it could
  std::string url;                   // that was asked last
  std::string ip;                    // of the server
  base::Millis duration{0};
  std::optional<http1::Certificate> certificate;
};

struct Finding {
  Place place;
  bool passed = false;
  std::string assertion;  // what was to hold, as written or in its words
  std::string actual;     // for people; when nothing could be judged, why
  std::string expected;
};

struct Judgement {
  std::vector<Finding> findings;
  std::vector<std::string> captured;  // names, in their order
  bool passed() const;
};

// Captures go into the variables. `files` may be nullptr where none can be read.
Judgement judge(const Expectation& expected, const Response& response, std::string_view file, Variables& variables,
                Files* files, base::WallTime now);

}  // namespace sentimark::hurl
