// Http: one request, one response. A 404 is a Response; an Error means that no response could be read.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "sys/stop.hpp"

namespace sentimark::sys {

using Header = std::pair<std::string, std::string>;

struct Request {
  std::string method = "GET";
  std::string url;  // https only, but for loopback addresses of a metadata service
  std::vector<Header> headers;
  std::string body;
  base::Millis timeout{30'000};              // for the whole exchange
  std::uint64_t response_limit = 8U << 20U;  // bytes; ARM's own cap is 8 MB
};

struct Response {
  int status = 0;
  std::vector<Header> headers;
  std::string body;

  // First value of a header, ignoring case; empty when absent.
  std::string header(std::string_view name) const {
    for (const Header& header : headers) {
      if (base::equals_ignoring_case(header.first, name)) return header.second;
    }
    return {};
  }
};

class Http {
 public:
  virtual ~Http() = default;
  // Errors: network (code "connect" when no byte of the request can have arrived, "lost" when it may have),
  // timeout, interrupted, remote (code "too-large").
  virtual base::Result<Response> send(const Request& request, const Stop& stop) = 0;
};

}  // namespace sentimark::sys
