#include "fake/http.hpp"

#include <algorithm>

namespace sentimark::fake {

using base::Outcome;

base::Result<sys::Response> FakeHttp::send(const sys::Request& request, const sys::Stop& stop) {
  if (stop.requested()) return base::fail(Outcome::interrupted, "told to stop before " + request.url);
  requests.push_back(request);
  Rule* best = nullptr;
  for (Rule& rule : rules_) {
    if (rule.method != request.method || request.url.find(rule.part) == std::string::npos) continue;
    if (best == nullptr || rule.part.size() > best->part.size() ||
        (rule.part.size() == best->part.size() && best->used))
      best = &rule;
  }
  if (best == nullptr) {
    return base::fail(Outcome::network, "the test has no reply for: " + request.method + " " + request.url, {},
                      "connect");
  }
  best->used = true;
  const base::Millis takes = std::min(best->takes, request.timeout);
  // The server has acted even when nobody is left to hear it.
  Reply reply = best->make(request);
  if (!clock_.sleep_until(clock_.monotonic() + takes, stop))
    return base::fail(Outcome::interrupted, "told to stop during " + request.url);
  if (best->takes > request.timeout) return base::fail(Outcome::timeout, "no answer from " + request.url);
  if (reply && reply->body.size() > request.response_limit)
    return base::fail(Outcome::remote, "the answer of " + request.url + " is too large", {}, "too-large");
  return reply;
}

void FakeHttp::when(const std::string& method, const std::string& part, Reply reply, base::Millis takes) {
  when(
      method, part, [reply = std::move(reply)](const sys::Request&) { return reply; }, takes);
}

void FakeHttp::when(const std::string& method, const std::string& part, std::function<Reply(const sys::Request&)> make,
                    base::Millis takes) {
  rules_.push_back({method, part, std::move(make), takes, false});
}

sys::Response FakeHttp::json(int status, std::string body, std::vector<sys::Header> headers) {
  headers.emplace_back("Content-Type", "application/json");
  return {status, std::move(headers), std::move(body)};
}

std::size_t FakeHttp::count(const std::string& method, const std::string& part) const {
  return static_cast<std::size_t>(std::count_if(requests.begin(), requests.end(), [&](const sys::Request& request) {
    return request.method == method && request.url.find(part) != std::string::npos;
  }));
}

}  // namespace sentimark::fake
