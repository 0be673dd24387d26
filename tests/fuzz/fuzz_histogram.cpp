// A histogram's file: what is accepted is sound, writes itself again and adds up.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "load/histogram.hpp"

using namespace sentimark;

// NOLINTNEXTLINE: the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = load::Histogram::parse({reinterpret_cast<const char*>(data), size});
  if (!read) {
    if (read.error().kind != base::Outcome::config) std::abort();
    return 0;
  }
  const auto again = load::Histogram::parse(read->to_text());
  if (!again || !(*again == *read)) std::abort();
  if (read->percentile(50) > read->percentile(99) || read->percentile(100) != read->most()) std::abort();
  load::Histogram sum = *read;
  sum.add(load::Histogram());
  if (!(sum == *read)) std::abort();
  return 0;
}
