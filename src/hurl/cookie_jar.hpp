// CookieJar: what servers asked to be told again (RFC 6265), for the entries of one file, as libcurl keeps it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "http1/url.hpp"

namespace sentimark::hurl {

class CookieJar {
 public:
  // One Set-Cookie header of an answer to `url`. What is no cookie, is for another site, or would be larger than 8,192
  // bytes is left out; beyond 1,000 cookies the oldest goes.
  void set(std::string_view header, const http1::Url& url, base::WallTime now);

  // "a=b; c=d" for a request to `url`, longest path first; empty when there is none.
  std::string header_for(const http1::Url& url, base::WallTime now) const;

 private:
  struct Cookie {
    std::string name;
    std::string value;
    std::string domain;
    std::string path;
    bool host_only = true;
    bool secure = false;
    std::optional<base::WallTime> expires;
  };
  bool read_attribute(Cookie& cookie, std::string_view part, const http1::Url& url, base::WallTime now) const;
  std::vector<Cookie> cookies_;
};

}  // namespace sentimark::hurl
