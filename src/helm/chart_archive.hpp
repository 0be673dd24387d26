// A chart's files from the archive that `helm package` or `helm pull` wrote: hostile until read.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "pack/entry.hpp"

namespace sentimark::helm {

// By their paths in the chart, which stands in the archive's one top folder. `name` is only told in errors.
// Errors, all config: what is no whole gzip of a tar; names that lead out of the folder, with backslashes or a drive;
// several top folders; links and devices; a name that stands twice; more than the limits of chart.hpp.
base::Result<std::vector<pack::Entry>> read_chart_archive(std::string_view bytes, const std::string& name);

}  // namespace sentimark::helm
