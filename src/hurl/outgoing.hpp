// An entry's request with its variables put in, as it goes out.
#pragma once
#include "base/result.hpp"
#include "http1/message.hpp"
#include "hurl/options.hpp"
#include "hurl/render.hpp"
#include "sys/random.hpp"

namespace sentimark::hurl {

// Without Content-Type, Cookie, Accept and User-Agent, which belong to each call. `cookies` are those of [Cookies]:
// "a=b; c=d".
struct Outgoing {
  http1::Request request;
  std::string content_type;  // that the body's kind gives; empty: none, or the entry tells its own
  std::string cookies;
};

// Errors (config): file:line:column and why. The random source gives a multipart form its boundary.
base::Result<Outgoing> outgoing(const Request& request, std::string_view file, const Variables& variables, Files& files,
                                sys::Random& random);

}  // namespace sentimark::hurl
