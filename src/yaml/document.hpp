// One YAML document as a checked JSON value, by the rules that Helm reads values with (YAML 1.1 scalars, merge keys).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "json/value.hpp"

namespace sentimark::yaml {

struct Limits {
  std::size_t bytes = std::size_t{16} << 20U;
  std::size_t depth = 100;
  std::size_t values = 1'000'000;  // after aliases are expanded: bounds an alias bomb
};

// An empty document gives null. `file` is only named in errors.
// Error: config, "file:line:column: cause", for what is no YAML, several documents, doubled or complex keys, unknown
// anchors, and whatever passes a limit.
base::Result<json::Value> to_json(std::string_view text, std::string_view file, const Limits& limits = {});

}  // namespace sentimark::yaml
