// One YAML document as a checked JSON value, by the rules that Helm reads values with (YAML 1.1 scalars, merge keys).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "json/value.hpp"

namespace sentimark::yaml {

struct Limits {
  std::size_t bytes = std::size_t{16} << 20U;
  std::size_t depth = 100;
  std::size_t values = 1'000'000;  // after aliases are expanded: bounds an alias bomb
  bool last_key_wins = false;      // a doubled key is no error: Helm takes the last one of a chart's own values.yaml
};

// Where a value stands: the line and column, from 1, of its key or, in a list and at the top, of itself. What an alias
// or a merge key brings stands where it is written.
struct Place {
  int line = 1;
  int column = 1;
  std::vector<Place> children;  // in the order of the value's members or items
};

struct Marked {
  json::Value value;
  Place place;
};

// The document with the place of everything in it; otherwise as to_json.
base::Result<Marked> to_marked(std::string_view text, std::string_view file, const Limits& limits = {});

// An empty document gives null. `file` is only named in errors.
// Error: config, "file:line:column: cause", for what is no YAML, several documents, doubled or complex keys, unknown
// anchors, and whatever passes a limit.
base::Result<json::Value> to_json(std::string_view text, std::string_view file, const Limits& limits = {});

}  // namespace sentimark::yaml
