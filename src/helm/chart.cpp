#include "helm/chart.hpp"

#include <algorithm>

#include "digest/sha256.hpp"
#include "helm/chart_archive.hpp"
#include "helm/chart_folder.hpp"
#include "helm/version_range.hpp"
#include "yaml/document.hpp"

namespace sentimark::helm {
namespace {

using base::Outcome;

// What Helm refuses or never installs, told before anything is sent.
base::Done check_metadata(const json::Value& meta, const std::string& file) {
  const std::string& name = meta["name"].string_or_empty();
  const std::string& version = meta["version"].string_or_empty();
  if (name.empty() || version.empty())
    return base::fail(Outcome::config, file + ": name and version are needed, as strings", "add them");
  if (name.find_first_of("/\\") != std::string::npos || name.front() == '.')
    return base::fail(Outcome::config, file + ": the name '" + name + "' is no file name", "rename the chart");
  if (meta["apiVersion"].string_or_empty().empty())
    return base::fail(Outcome::config, file + ": apiVersion is needed", "add apiVersion: v2");
  if (!parse_version(version))
    return base::fail(Outcome::config, file + ": version '" + version + "' is no semantic version",
                      "write MAJOR.MINOR.PATCH");
  if (meta["type"].string_or_empty() == "library")
    return base::fail(Outcome::config, file + ": a library chart cannot be deployed",
                      "deploy a chart that depends on it");
  return {};
}

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

base::Error no_chart(const std::string& root, const std::string& why) {
  return base::fail(Outcome::config, "there is no chart at " + root + ": " + why,
                    "give the folder that holds Chart.yaml, or a chart's .tgz, as the input chart", "no-chart");
}

const pack::Entry* find_entry(const std::vector<pack::Entry>& entries, std::string_view path) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const pack::Entry& entry) { return entry.path == path; });
  return found == entries.end() ? nullptr : &*found;
}

base::Result<Chart> load_chart(sys::Files& files, const std::string& path) {
  Chart chart;
  chart.root = without_slashes(path);
  const auto real = files.real_path(chart.root);
  if (!real) return no_chart(chart.root, "nothing stands there");
  SENTIMARK_LET(info, files.stat(*real));
  if (info.type == sys::FileType::regular) {
    SENTIMARK_LET(bytes, files.read(*real, k_chart_bytes));
    SENTIMARK_LET(entries, read_chart_archive(bytes, chart.root));
    chart.entries = std::move(entries);
    chart.archive_sha256 = digest::sha256_hex(bytes);
  } else {
    SENTIMARK_LET(entries, read_chart_folder(files, chart.root));
    chart.entries = std::move(entries);
  }
  const std::string meta_file = chart.root + "/Chart.yaml";
  const pack::Entry* meta_entry = find_entry(chart.entries, "Chart.yaml");
  if (meta_entry == nullptr) return no_chart(chart.root, "its Chart.yaml is ignored or missing");
  SENTIMARK_LET(meta, yaml::to_json(meta_entry->bytes, meta_file));
  SENTIMARK_TRY(check_metadata(meta, meta_file));
  chart.name = meta["name"].string_or_empty();
  chart.version = meta["version"].string_or_empty();
  chart.app_version = meta["appVersion"].string_or_empty();
  SENTIMARK_LET(vendored, vendored_charts(chart.entries, chart.root));
  chart.vendored = std::move(vendored);
  SENTIMARK_TRY(check_dependencies(chart.entries, chart.vendored, chart.root));
  return chart;
}

}  // namespace sentimark::helm
