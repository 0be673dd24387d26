#include "net/retry.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "base/text.hpp"
#include "net/url.hpp"

namespace sentimark::net {
namespace {

// A server that asks for more than this is not worth waiting for, whatever the deadline; it also keeps sums from
// overflow.
constexpr std::uint64_t k_longest_retry_after_seconds = 7 * 24 * 3600;

// RFC 9110 section 10.2.3 also allows a date; Azure sends seconds, and a date would trust two clocks.
std::optional<base::Millis> retry_after(const sys::Response& response) {
  const auto seconds = base::parse_unsigned(base::trim(response.header("Retry-After")));
  if (!seconds) return std::nullopt;
  return base::Millis{static_cast<base::Millis::rep>(std::min(*seconds, k_longest_retry_after_seconds)) * 1000};
}

bool is_transient(int status) {
  constexpr std::array k_transient{408, 429, 500, 502, 503, 504};
  return std::find(k_transient.begin(), k_transient.end(), status) != k_transient.end();
}

bool worth_repeating(const RetryPolicy& policy, const base::Result<sys::Response>& answer) {
  if (!answer) {
    const base::Error& error = answer.error();
    if (error.kind != base::Outcome::network && error.kind != base::Outcome::timeout) return false;
    return policy.may_have_acted || error.code == "connect";
  }
  if (policy.may_have_acted) return is_transient(answer->status);
  // 429 says that the request was turned away. 503 says so only when it names a time to come back.
  return answer->status == 429 || (answer->status == 503 && retry_after(*answer));
}

std::uint64_t random_number(sys::Random& random) {
  std::array<unsigned char, 8> bytes{};
  random.fill(bytes);
  std::uint64_t number = 0;
  for (const unsigned char byte : bytes) number = (number << 8U) | byte;
  return number;
}

std::string told(const base::Result<sys::Response>& answer, const sys::Request& request) {
  if (!answer) return answer.error().sentence();
  return request.method + " " + shown_url(request.url) + ": the server answered " + std::to_string(answer->status);
}

}  // namespace

std::optional<base::Millis> wait_before_retry(const RetryPolicy& policy, int tries_made,
                                              const base::Result<sys::Response>& answer, std::uint64_t random) {
  if (tries_made >= policy.tries || !worth_repeating(policy, answer)) return std::nullopt;
  base::Millis back_off = std::min(policy.first_wait, policy.longest_wait);
  for (int doubled = 1; doubled < tries_made && back_off < policy.longest_wait; ++doubled) {
    back_off = back_off > policy.longest_wait / 2 ? policy.longest_wait : back_off * 2;
  }
  const base::Millis half = back_off / 2;
  const base::Millis floor = std::max(half, answer ? retry_after(*answer).value_or(base::Millis{0}) : base::Millis{0});
  const auto span = static_cast<std::uint64_t>(std::max<base::Millis::rep>(half.count(), 0)) + 1;
  return floor + base::Millis{static_cast<base::Millis::rep>(random % span)};
}

base::Result<sys::Response> send_with_retry(sys::Sys& sys, sys::Http& http, const sys::Request& request,
                                            const RetryPolicy& policy, base::Instant deadline) {
  base::Result<sys::Response> answer =
      base::fail(base::Outcome::timeout,
                 request.method + " " + shown_url(request.url) + ": no time was left to send it", {}, "connect");
  sys::Request attempt = request;
  for (int tries_made = 1;; ++tries_made) {
    const base::Millis left = deadline - sys.clock.monotonic();
    if (left <= base::Millis{0}) return answer;
    attempt.timeout = std::min(request.timeout, left);
    answer = http.send(attempt, sys.stop);
    const auto wait = wait_before_retry(policy, tries_made, answer, random_number(sys.random));
    if (!wait) return answer;
    const base::Instant next = sys.clock.monotonic() + *wait;
    if (next >= deadline) {
      sys.log.info(told(answer, request) + "; not sent again: the next try would come after the deadline");
      return answer;
    }
    sys.log.info(told(answer, request) + "; sending again in " + base::human_duration(*wait) + " (try " +
                 std::to_string(tries_made + 1) + " of " + std::to_string(policy.tries) + ")");
    if (!sys.clock.sleep_until(next, sys.stop)) {
      return base::fail(base::Outcome::interrupted, "stopped while waiting to send again: " + told(answer, request));
    }
  }
}

}  // namespace sentimark::net
