// A command's log: a frame is found whole or not at all, whatever stands around it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wire/frame.hpp"

using namespace sentimark;

namespace {

constexpr std::string_view k_nonce = "0123456789abcdef0123456789abcdef";

}  // namespace

// NOLINTNEXTLINE: the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto found = wire::find_frame(input, k_nonce);
  if (!found) {
    if (found.error().kind != base::Outcome::unknown || found.error().code.empty()) std::abort();
    return 0;
  }
  const auto again = wire::find_frame(wire::frame(k_nonce, *found), k_nonce);
  if (!again || *again != *found) std::abort();
  // Whatever a child printed before it: never another payload.
  const auto behind = wire::find_frame("noise without an end" + std::string(input), k_nonce);
  if (behind && *behind != *found) std::abort();
  return 0;
}
