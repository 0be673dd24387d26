// Helm's record of a revision: a pending one becomes a failed one that is pending no more; all else is refused.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/release_record.hpp"
#include "base/encoding.hpp"
#include "pack/deflate.hpp"

using namespace sentimark;

namespace {

void check(std::string_view encoded) {
  const auto changed = agent::with_status_failed(encoded);
  if (!changed) {
    if (changed.error().kind != base::Outcome::refused) std::abort();
    return;
  }
  const auto packed = base::from_base64(*changed);
  if (!packed || !pack::gunzip(*packed, std::uint64_t{1} << 30U)) std::abort();
  const auto again = agent::with_status_failed(*changed);
  if (again && *again == *changed) std::abort();
}

}  // namespace

// NOLINTNEXTLINE: the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check(input);
  check(base::to_base64(input));
  check(base::to_base64(pack::gzip(input)));
  return 0;
}
