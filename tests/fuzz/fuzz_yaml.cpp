// A stream of YAML documents: every value has its mark inside the text, and every complaint its place.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "yaml/stream.hpp"

using namespace sentimark;

namespace {

constexpr yaml::Limits k_limits{1U << 20U, 50, 20'000};

void check(std::string_view text, yaml::Reading reading) {
  const auto documents = yaml::read_stream(text, "f.yaml", k_limits, reading);
  if (!documents) {
    if (documents.error().kind != base::Outcome::config || !documents.error().what.starts_with("f.yaml")) std::abort();
    return;
  }
  const auto lines = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n') +
                                                std::count(text.begin(), text.end(), '\r') + 1);
  for (const yaml::Document& document : *documents) {
    if (document.value.is_null() || document.marks.size() != yaml::count_of(document.value)) std::abort();
    for (const yaml::Mark& mark : document.marks) {
      if (mark.line == 0 || mark.line > lines) std::abort();
    }
  }
}

}  // namespace

// NOLINTNEXTLINE: the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text, yaml::Reading::values);
  check(text, yaml::Reading::objects);
  return 0;
}
