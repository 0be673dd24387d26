// A chart's files as Helm would take them from a folder.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "pack/entry.hpp"
#include "sys/files.hpp"

namespace sentimark::helm {

// Every file that .helmignore leaves, by its path in the chart. A link counts as what it leads to, as long as that lies
// inside the chart. Errors, all config: no Chart.yaml ("no-chart"), a link that leads out, nowhere or in a circle, a
// device or pipe, more than the limits of chart.hpp.
base::Result<std::vector<pack::Entry>> read_chart_folder(sys::Files& files, const std::string& root);

}  // namespace sentimark::helm
