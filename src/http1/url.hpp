// Url: what an http or https address says, and references relative to it (RFC 3986).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sentimark::http1 {

struct Url {
  bool secure = false;  // https
  std::string user;     // "name:password" without escapes; empty: none
  std::string host;     // lower case; IPv6 without brackets
  std::uint16_t port = 80;
  std::string target = "/";  // path without dot segments, and query

  std::string authority() const;  // of the Host header: the port only where it is not the scheme's own
  std::string text() const;       // without user
  bool same_origin(const Url& other) const {
    return secure == other.secure && host == other.host && port == other.port;
  }
};

// Bytes that are not ASCII are escaped; a fragment is left out. Error: usage, for another scheme, no host, a wrong
// port, blanks and control characters.
base::Result<Url> parse_url(std::string_view text);

// What a Location header means; what it should have escaped is escaped. Same errors.
base::Result<Url> resolve(const Url& from, std::string_view reference);

}  // namespace sentimark::http1
