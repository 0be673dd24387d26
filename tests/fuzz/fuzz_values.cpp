// Values files, separated by a line "===": what is merged is JSON that says so itself, and merging it once more changes
// nothing.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "helm/values.hpp"
#include "json/text.hpp"

using namespace sentimark;

namespace {

constexpr std::string_view k_between = "\n===\n";

}  // namespace

// NOLINTNEXTLINE: the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<helm::ValueSource> sources;
  for (std::size_t at = rest.find(k_between); at != std::string_view::npos; at = rest.find(k_between)) {
    sources.push_back({"a.yaml", std::string(rest.substr(0, at))});
    rest.remove_prefix(at + k_between.size());
  }
  sources.push_back({"a.yaml", std::string(rest)});
  const auto merged = helm::merge_values(sources);
  if (!merged) {
    if (merged.error().kind != base::Outcome::config || !merged.error().what.starts_with("a.yaml")) std::abort();
    return 0;
  }
  const auto read = json::parse(merged->text);
  if (!read || !(*read == merged->merged)) std::abort();
  sources.push_back({"a.yaml", merged->text});
  const auto again = helm::merge_values(sources);
  if (!again || again->text != merged->text || again->sha256 != merged->sha256) std::abort();
  return 0;
}
