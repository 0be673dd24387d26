// What a failed transfer means to the user: kind, cause and cure.
#pragma once
#include <string>

#include "net/trust.hpp"
#include "sys/http.hpp"

namespace sentimark::net {

struct Failure {
  int code = 0;               // CURLcode
  std::string text;           // curl's own words
  bool request_left = false;  // a byte of the request may have arrived
  long verify_result = 0;     // OpenSSL's X509_V_…
  std::string proxy;          // the proxy's URL as people may see it; empty when there was none
  base::Millis elapsed{0};
};

// Pure. The error's code is "lost" when request_left, else "connect", for timeouts too.
base::Error explain(const Failure& failure, const sys::Request& request, const Trust& trust);

}  // namespace sentimark::net
