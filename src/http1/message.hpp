// Requests and responses of HTTP/1.1 (RFC 9110, RFC 9112).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "http1/url.hpp"

namespace sentimark::http1 {

using Header = std::pair<std::string, std::string>;

struct Request {
  std::string method = "GET";
  Url url;
  std::vector<Header> headers;  // sent as they stand, behind Host unless they hold one
  std::string body;             // its length is told by the client; empty: no body
};

// Of the server, from its TLS handshake.
struct Certificate {
  std::string subject;        // "CN=a, O=b"
  std::string issuer;         // the same
  std::string serial_number;  // pairs of hex digits with colons between them
  base::WallTime start;
  base::WallTime expire;
};

struct Response {
  std::string version;  // "1.0" or "1.1"
  int status = 0;
  std::vector<Header> headers;  // as received, without the white space around a value
  std::string body;             // without chunks
};

// What a server may cost us.
struct Limits {
  std::size_t head = 256U << 10U;  // bytes of status line and headers, and of trailers
  std::size_t headers = 500;
  std::size_t body = 64U << 20U;
  int interim = 16;  // 1xx responses before the real one
};

// First value of a header, ignoring case; nullptr when it is not there.
const std::string* find_header(const std::vector<Header>& headers, std::string_view name);

// Whether the text can be a method or a header's name: a token of RFC 9110.
bool is_token(std::string_view text);

// Whether it can be a header's value: no control characters.
bool is_field_value(std::string_view text);

}  // namespace sentimark::http1
