#include "helm/chart_folder.hpp"

#include <algorithm>

#include "helm/chart.hpp"
#include "helm/ignore.hpp"

namespace sentimark::helm {
namespace {

using base::Outcome;

constexpr std::uint64_t k_ignore_limit = std::uint64_t{1} << 20U;
constexpr std::size_t k_depth_limit = 64;
constexpr std::size_t k_seen_limit = 100'000;  // links can make few folders look like many

base::Error out_of(const std::string& path, const std::string& where) {
  return base::fail(Outcome::config, path + " is a link that leads " + where,
                    "put the file itself there, or name it in .helmignore", "link");
}

class Reader {
 public:
  Reader(sys::Files& files, std::string root, std::string real_root, Ignore ignore)
      : files_(files), root_(std::move(root)), real_root_(std::move(real_root)), ignore_(std::move(ignore)) {}

  // `folder` is the path in the chart, `place` where its files are.
  base::Done read(const std::string& folder, const std::string& place, std::size_t depth) {
    if (depth > k_depth_limit)
      return base::fail(Outcome::config, root_ + "/" + folder + " is nested too deep", "make the chart flatter");
    SENTIMARK_LET(listing, files_.list(place));
    for (sys::FileInfo& info : listing) {
      if (++seen_ > k_seen_limit) return too_large();
      const std::string path = folder.empty() ? info.name : folder + "/" + info.name;
      SENTIMARK_TRY(take(path, place + "/" + info.name, info, depth));
    }
    return {};
  }

  std::vector<pack::Entry> entries;

 private:
  base::Done take(const std::string& path, std::string place, sys::FileInfo info, std::size_t depth) {
    base::Result<std::string> real(std::move(place));
    const bool is_link = info.type == sys::FileType::link;
    if (is_link) {
      real = files_.real_path(*real);
      if (real) {
        SENTIMARK_LET(target, files_.stat(*real));
        info = std::move(target);
      }
    }
    if (ignore_.ignores(path, info.type == sys::FileType::directory)) return {};
    if (!real) return out_of(root_ + "/" + path, "nowhere");
    if (is_link && !real->starts_with(real_root_ + "/")) return out_of(root_ + "/" + path, "out of the chart");
    if (info.type == sys::FileType::directory) return enter(path, *real, is_link, depth);
    if (info.type == sys::FileType::regular) return add(path, *real, info.size);
    return base::fail(Outcome::config, root_ + "/" + path + " is no file but a device, pipe or socket",
                      "remove it, or name it in .helmignore");
  }

  base::Done enter(const std::string& path, const std::string& place, bool is_link, std::size_t depth) {
    if (!is_link) return read(path, place, depth + 1);
    if (std::find(followed_.begin(), followed_.end(), place) != followed_.end())
      return out_of(root_ + "/" + path, "in a circle");
    followed_.push_back(place);
    SENTIMARK_TRY(read(path, place, depth + 1));
    followed_.pop_back();
    return {};
  }

  base::Done add(const std::string& path, const std::string& place, std::uint64_t size) {
    bytes_ += size;
    if (entries.size() >= k_chart_files || bytes_ > k_chart_bytes) return too_large();
    SENTIMARK_LET(content, files_.read(place, k_chart_bytes));
    entries.push_back({path, std::move(content), false});
    return {};
  }

  base::Error too_large() const {
    return base::fail(Outcome::config, "chart " + root_ + " has more than 10,000 files or 64 MiB",
                      "name what does not belong to the chart in .helmignore", "too-large");
  }

  sys::Files& files_;
  std::string root_;
  std::string real_root_;
  Ignore ignore_;
  std::vector<std::string> followed_;  // folders that links led into, outermost first
  std::uint64_t bytes_ = 0;
  std::size_t seen_ = 0;
};

base::Result<Ignore> read_ignore(sys::Files& files, const std::string& root) {
  auto text = files.read(root + "/.helmignore", k_ignore_limit);
  if (!text && text.error().code != "not-found") return std::move(text).error();
  return Ignore::parse(text ? *text : std::string());
}

}  // namespace

base::Result<std::vector<pack::Entry>> read_chart_folder(sys::Files& files, const std::string& root) {
  // Before anything is read: a folder that is no chart may be a whole repository.
  if (auto found = files.stat(root + "/Chart.yaml"); !found) {
    const std::string& code = found.error().code;
    if (code != "not-found" && code != "not-a-directory") return std::move(found).error();
    return no_chart(root, "it has no Chart.yaml");
  }
  SENTIMARK_LET(ignore, read_ignore(files, root));
  SENTIMARK_LET(real_root, files.real_path(root));
  Reader reader(files, root, std::move(real_root), std::move(ignore));
  SENTIMARK_TRY(reader.read({}, root, 0));
  return std::move(reader.entries);
}

}  // namespace sentimark::helm
