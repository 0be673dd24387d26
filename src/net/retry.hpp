// Retry: what is worth sending again, and when.
#pragma once
#include <cstdint>
#include <optional>

#include "sys/http.hpp"
#include "sys/sys.hpp"

namespace sentimark::net {

struct RetryPolicy {
  int tries = 5;  // in all, the first included
  base::Millis first_wait{500};
  base::Millis longest_wait{30'000};  // of our own back-off; a server's Retry-After may ask for more
  // false: a request that was perhaps received must not be repeated (the POST of runCommand). Then only "connect"
  // errors, and 429 and 503 with Retry-After, are.
  bool may_have_acted = true;
};

// How long to wait before sending again; nothing when the answer is final or the tries are used up. Pure: `random` is
// the only source of jitter. Retry-After (seconds) is a floor with jitter on top; without it the wait doubles from
// first_wait to longest_wait, half of it jitter. Transient: 408, 429, 500, 502, 503, 504, network errors and timeouts.
std::optional<base::Millis> wait_before_retry(const RetryPolicy& policy, int tries_made,
                                              const base::Result<sys::Response>& answer, std::uint64_t random);

// Sends until the answer is final, the tries are used up, or the next wait would pass the deadline; no try gets more
// time than is left before it. Says each retry in the log. Returns the last answer: same errors as Http::send.
base::Result<sys::Response> send_with_retry(sys::Sys& sys, sys::Http& http, const sys::Request& request,
                                            const RetryPolicy& policy, base::Instant deadline);

}  // namespace sentimark::net
