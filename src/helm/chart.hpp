// Chart: a chart folder as Helm would package it.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "pack/entry.hpp"
#include "sys/files.hpp"

namespace sentimark::helm {

struct Chart {
  std::string name;
  std::string version;
  std::string app_version;
  std::vector<pack::Entry> entries;  // paths relative to the chart's folder, what .helmignore leaves
};

// Reads Chart.yaml, honours .helmignore, and takes every other file as it is.
// Errors, all config: no folder, no Chart.yaml or one without name and version, a link, a dependency that is declared
// but not vendored in charts/, more than 10,000 files or 64 MiB.
base::Result<Chart> load_chart(sys::Files& files, const std::string& path);

}  // namespace sentimark::helm
