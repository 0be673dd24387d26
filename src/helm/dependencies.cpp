#include "helm/dependencies.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "helm/chart.hpp"
#include "helm/chart_archive.hpp"
#include "helm/version_range.hpp"
#include "yaml/document.hpp"

namespace sentimark::helm {
namespace {

constexpr std::string_view k_folder = "charts/";

// Charts of the older apiVersion v1 keep them apart; where there is such a file, Helm goes by it.
std::string_view file_that_asks(const std::vector<pack::Entry>& entries) {
  return find_entry(entries, "requirements.yaml") != nullptr ? "requirements.yaml" : "Chart.yaml";
}

std::string_view file_that_fixes(const std::vector<pack::Entry>& entries) {
  return find_entry(entries, "requirements.lock") != nullptr ? "requirements.lock" : "Chart.lock";
}

base::Error wrong(const std::string& what, const std::string& verb, const std::string& root) {
  return base::fail(base::Outcome::config, what, "run 'helm dependency " + verb + " " + root + "' before deploying",
                    "dependency");
}

base::Result<json::Value> rows_of(const std::vector<pack::Entry>& entries, std::string_view file,
                                  const std::string& root) {
  const pack::Entry* entry = find_entry(entries, file);
  if (entry == nullptr) return json::Value();
  SENTIMARK_LET(value, yaml::to_json(entry->bytes, root + "/" + std::string(file)));
  return value["dependencies"];
}

std::string version_in(const json::Value& row) {
  const json::Value& version = row["version"];
  return version.is_integer() ? std::to_string(version.int_or(0)) : version.string_or_empty();
}

bool fits(const std::string& range, const std::string& version) {
  const auto wanted = VersionRange::parse(range);
  const auto found = parse_version(version);
  return wanted && found && wanted->admits(*found);
}

// What the lock fixes for a dependency; nothing when it knows none that Chart.yaml would take.
const json::Value* locked(const json::Value& rows, const std::string& name, const std::string& range) {
  for (const json::Value& row : rows.items()) {
    if (row["name"].string_or_empty() == name && fits(range, version_in(row))) return &row;
  }
  return nullptr;
}

}  // namespace

base::Result<std::vector<Vendored>> vendored_charts(const std::vector<pack::Entry>& entries, const std::string& root) {
  std::map<std::string, std::vector<pack::Entry>> found;
  for (const pack::Entry& entry : entries) {
    if (!entry.path.starts_with(k_folder)) continue;
    const std::string rest = entry.path.substr(k_folder.size());
    const std::size_t slash = rest.find('/');
    const std::string name = rest.substr(0, slash);
    if (name.empty() || name.front() == '_' || name.front() == '.') continue;
    if (slash != std::string::npos) {
      found[name].push_back({rest.substr(slash + 1), entry.bytes, false});
    } else if (name.ends_with(".tgz")) {
      SENTIMARK_LET(inner, read_chart_archive(entry.bytes, root + "/" + entry.path));
      found[name] = std::move(inner);
    }
  }
  std::vector<Vendored> charts;
  for (auto& [name, files] : found) {
    const pack::Entry* meta = find_entry(files, "Chart.yaml");
    const std::string path = std::string(k_folder) + name;
    if (meta == nullptr)
      return base::fail(base::Outcome::config, root + "/" + path + " is no chart: it has no Chart.yaml",
                        "remove it from charts/", "dependency");
    SENTIMARK_LET(value, yaml::to_json(meta->bytes, root + "/" + path + "/Chart.yaml"));
    charts.push_back({path, value["name"].string_or_empty(), version_in(value), std::move(files)});
  }
  return charts;
}

base::Result<json::Value> declared_dependencies(const std::vector<pack::Entry>& entries, const std::string& root) {
  return rows_of(entries, file_that_asks(entries), root);
}

base::Done check_dependencies(const std::vector<pack::Entry>& entries, const std::vector<Vendored>& vendored,
                              const std::string& root) {
  const std::string asked_in = root + "/" + std::string(file_that_asks(entries));
  const std::string fixed_in = root + "/" + std::string(file_that_fixes(entries));
  SENTIMARK_LET(asked, declared_dependencies(entries, root));
  SENTIMARK_LET(fixed, rows_of(entries, file_that_fixes(entries), root));
  for (const json::Value& row : asked.items()) {
    const std::string& name = row["name"].string_or_empty();
    const std::string range = version_in(row);
    const std::string told = "dependency " + name + " (" + range + ")";
    if (!VersionRange::parse(range))
      return base::fail(base::Outcome::config, asked_in + ": " + told + " has no range of versions that Helm reads",
                        "write for example ^1.2.0", "dependency");
    const Vendored* near = nullptr;
    const Vendored* good = nullptr;
    const json::Value* lock = locked(fixed, name, range);
    for (const Vendored& chart : vendored) {
      if (chart.name != name) continue;
      near = &chart;
      if (fits(range, chart.version) && (lock == nullptr || version_in(*lock) == chart.version)) good = &chart;
    }
    if (near == nullptr) return wrong(asked_in + ": " + told + " is not in " + root + "/charts", "build", root);
    if (!fits(range, near->version) && good == nullptr) {
      return wrong(asked_in + ": " + told + " stands in " + near->path + " as version " + near->version +
                       ", and Helm would deploy it without a word",
                   "update", root);
    }
    if (fixed.is_null()) continue;
    if (lock == nullptr)
      return wrong(fixed_in + " fixes no version of " + told + ": it is out of date", "update", root);
    if (good == nullptr) {
      return wrong(fixed_in + " fixes " + name + " at " + version_in(*lock) + ", but " + near->path + " is version " +
                       near->version,
                   "build", root);
    }
  }
  return {};
}

}  // namespace sentimark::helm
