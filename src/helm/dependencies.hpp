// Dependencies: what Chart.yaml asks for, what Chart.lock fixes and what stands in charts/, held against each other.
//
// Helm itself looks for the names only: one of the wrong version is deployed without a word, and its condition, tags
// and alias in Chart.yaml count for nothing.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "json/value.hpp"
#include "pack/entry.hpp"

namespace sentimark::helm {

// A chart in charts/, as a folder or as an archive.
struct Vendored {
  std::string path;  // "charts/NAME" or "charts/NAME-1.2.3.tgz"
  std::string name;
  std::string version;
  std::vector<pack::Entry> entries;  // by their paths in this chart
};

// Error: config for an archive or a Chart.yaml that cannot be read.
base::Result<std::vector<Vendored>> vendored_charts(const std::vector<pack::Entry>& entries, const std::string& root);

// The rows in which a chart says what it depends on: of Chart.yaml or, for apiVersion v1, requirements.yaml.
base::Result<json::Value> declared_dependencies(const std::vector<pack::Entry>& entries, const std::string& root);

// `entries` are the chart's. Error: config with code "dependency", naming the dependency, what is wrong and the command
// that mends it.
base::Done check_dependencies(const std::vector<pack::Entry>& entries, const std::vector<Vendored>& vendored,
                              const std::string& root);

}  // namespace sentimark::helm
