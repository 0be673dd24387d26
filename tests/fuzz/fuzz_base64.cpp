// Base64: what is accepted, without its line breaks, is exactly what is written for the same bytes.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/encoding.hpp"

using namespace sentimark;

// NOLINTNEXTLINE: the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string written = base::to_base64(input);
  if (written.size() != base::base64_size(size) || base::from_base64(written).value() != input) std::abort();
  const auto read = base::from_base64(input);
  if (!read) {
    if (read.error().kind != base::Outcome::config) std::abort();
    return 0;
  }
  std::string line(input);
  std::erase_if(line, [](char c) { return c == '\r' || c == '\n'; });
  if (base::to_base64(*read) != line) std::abort();
  return 0;
}
