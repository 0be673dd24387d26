// A server's answer: read whole and byte by byte it is the same message or the same fault, and never larger than
// allowed.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http1/parser.hpp"

using namespace sentimark;

namespace {

constexpr http1::Limits k_limits{2'000, 20, 5'000, 3};

struct Outcome {
  bool ok = false;
  std::string code;
  std::size_t taken = 0;
  http1::Response response;
};

Outcome read(std::string_view bytes, std::size_t step, bool to_head) {
  http1::ResponseParser parser(to_head, k_limits);
  Outcome outcome;
  while (outcome.taken < bytes.size() && !parser.complete()) {
    const auto taken = parser.feed(bytes.substr(outcome.taken, step));
    if (!taken) return outcome.code = taken.error().code, outcome;
    if (*taken == 0) std::abort();
    outcome.taken += *taken;
  }
  const base::Done ended = parser.end();
  if (!ended) return outcome.code = ended.error().code, outcome;
  outcome.ok = true;
  outcome.response = parser.take();
  return outcome;
}

}  // namespace

// NOLINTNEXTLINE: the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool to_head : {false, true}) {
    const Outcome whole = read(bytes, std::string_view::npos, to_head);
    const Outcome slow = read(bytes, 1, to_head);
    if (whole.ok != slow.ok || whole.code != slow.code) std::abort();
    if (!whole.ok && whole.code.empty()) std::abort();
    if (whole.ok && (whole.taken != slow.taken || whole.response.body != slow.response.body ||
                     whole.response.headers != slow.response.headers))
      std::abort();
    if (whole.response.body.size() > k_limits.body || whole.response.headers.size() > k_limits.headers) std::abort();
  }
  return 0;
}
