#include "helm/chart.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "helm/ignore.hpp"
#include "yaml/document.hpp"

namespace sentimark::helm {
namespace {

using base::Outcome;

constexpr std::size_t k_files_limit = 10'000;
constexpr std::uint64_t k_bytes_limit = std::uint64_t{64} << 20U;
constexpr std::uint64_t k_small_limit = std::uint64_t{1} << 20U;
constexpr std::size_t k_depth_limit = 64;

class Reader {
 public:
  Reader(sys::Files& files, std::string root, Ignore ignore)
      : files_(files), root_(std::move(root)), ignore_(std::move(ignore)) {}

  base::Done read(const std::string& folder, std::size_t depth) {
    if (depth > k_depth_limit) return base::fail(Outcome::config, "folder " + folder + " is nested too deep");
    SENTIMARK_LET(listing, files_.list(folder.empty() ? root_ : root_ + "/" + folder));
    for (const sys::FileInfo& info : listing) {
      const std::string path = folder.empty() ? info.name : folder + "/" + info.name;
      if (ignore_.ignores(path, info.type == sys::FileType::directory)) continue;
      if (info.type == sys::FileType::directory) {
        SENTIMARK_TRY(read(path, depth + 1));
      } else if (info.type == sys::FileType::regular) {
        SENTIMARK_TRY(take(path, info));
      } else {
        return base::fail(Outcome::config, root_ + "/" + path + " is a link or a special file",
                          "put the file itself there, or name it in .helmignore");
      }
    }
    return {};
  }

  std::vector<pack::Entry> entries;

 private:
  base::Done take(const std::string& path, const sys::FileInfo& info) {
    bytes_ += info.size;
    if (entries.size() >= k_files_limit || bytes_ > k_bytes_limit) {
      return base::fail(Outcome::config, "chart " + root_ + " has more than 10,000 files or 64 MiB",
                        "name what does not belong to the chart in .helmignore");
    }
    SENTIMARK_LET(content, files_.read(root_ + "/" + path, k_bytes_limit));
    entries.push_back({path, std::move(content), false});
    return {};
  }

  sys::Files& files_;
  std::string root_;
  Ignore ignore_;
  std::uint64_t bytes_ = 0;
};

base::Result<Ignore> read_ignore(sys::Files& files, const std::string& root) {
  auto text = files.read(root + "/.helmignore", k_small_limit);
  if (!text && text.error().code != "not-found") return std::move(text).error();
  return Ignore::parse(text ? *text : std::string());
}

bool is_vendored(const std::vector<pack::Entry>& entries, const std::string& name) {
  const std::string folder = "charts/" + name + "/";
  const std::string archive = "charts/" + name + "-";
  return std::any_of(entries.begin(), entries.end(), [&](const pack::Entry& entry) {
    return entry.path.rfind(folder, 0) == 0 || (entry.path.rfind(archive, 0) == 0 && entry.path.size() > 4 &&
                                                entry.path.substr(entry.path.size() - 4) == ".tgz");
  });
}

}  // namespace

base::Result<Chart> load_chart(sys::Files& files, const std::string& path) {
  std::string root = path;
  while (root.size() > 1 && root.back() == '/') root.pop_back();
  const std::string meta_path = root + "/Chart.yaml";
  auto meta_text = files.read(meta_path, k_small_limit);
  if (!meta_text) {
    const bool missing = meta_text.error().code == "not-found" || meta_text.error().code == "ENOTDIR";
    if (!missing) return std::move(meta_text).error();
    return base::fail(Outcome::config, "there is no chart at " + root + ": it has no Chart.yaml",
                      "give the folder that holds Chart.yaml as the input chart", "no-chart");
  }
  SENTIMARK_LET(meta, yaml::to_json(*meta_text, meta_path));
  Chart chart;
  chart.name = meta["name"].string_or_empty();
  chart.version = meta["version"].string_or_empty();
  chart.app_version = meta["appVersion"].string_or_empty();
  if (chart.name.empty() || chart.version.empty())
    return base::fail(Outcome::config, meta_path + ": name and version are needed, as strings", "add them");
  if (chart.name.find_first_of("/\\") != std::string::npos || chart.name.front() == '.')
    return base::fail(Outcome::config, meta_path + ": the name '" + chart.name + "' is no file name",
                      "rename the chart");
  SENTIMARK_LET(ignore, read_ignore(files, root));
  Reader reader(files, root, std::move(ignore));
  SENTIMARK_TRY(reader.read({}, 0));
  chart.entries = std::move(reader.entries);
  for (const json::Value& dependency : meta["dependencies"].items()) {
    const std::string& name = dependency["name"].string_or_empty();
    if (is_vendored(chart.entries, name)) continue;
    return base::fail(Outcome::config, meta_path + ": dependency " + name + " is not in " + root + "/charts",
                      "run 'helm dependency build " + root + "' before deploying", "dependency");
  }
  return chart;
}

}  // namespace sentimark::helm
