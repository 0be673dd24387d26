// Values: files and inline YAML merged into the one file that helm gets.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "json/value.hpp"

namespace sentimark::helm {

struct ValueSource {
  std::string name;  // a path, or the name of the input
  std::string text;  // YAML
};

struct Values {
  json::Value merged;
  std::string text;    // JSON, members sorted: the same values give the same bytes
  std::string sha256;  // of text
};

// In order of rising precedence, as `helm -f a -f b`: maps merge, everything else replaces. A null stays, so that it
// deletes the chart's own default. Error: config with file, line and column, or for a source that is no map.
base::Result<Values> merge_values(const std::vector<ValueSource>& sources);

// The same with members sorted by name, at every depth.
json::Value sorted(const json::Value& value);

base::Error not_a_map(const std::string& source, const json::Value& value);

}  // namespace sentimark::helm
