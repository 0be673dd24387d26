#include "helm/chart_archive.hpp"

#include "base/text.hpp"
#include "helm/chart.hpp"
#include "pack/deflate.hpp"
#include "pack/path.hpp"
#include "pack/untar.hpp"

namespace sentimark::helm {
namespace {

constexpr std::string_view k_cure = "make the archive with 'helm package'";

base::Error refused(const std::string& name, const std::string& why) {
  return base::fail(base::Outcome::config, name + ": " + why, std::string(k_cure), "archive");
}

// The path behind the top folder, which the first entry names.
base::Result<std::string> inside(const std::string& path, std::string& top, const std::string& name) {
  const std::string told = "'" + base::shorten(path, 200) + "'";
  const std::size_t slash = path.find('/');
  if (slash == 0) return refused(name, told + " is an absolute path");
  if (slash == std::string::npos) return refused(name, told + " stands in no folder; a chart's archive has one on top");
  if (top.empty()) top = path.substr(0, slash);
  if (path.compare(0, slash, top) != 0) return refused(name, told + " stands outside of the top folder '" + top + "'");
  std::string rest = path.substr(slash + 1);
  if (rest.size() > 2 && rest.compare(1, 2, ":/") == 0) return refused(name, told + " leads to a drive");
  return rest;
}

}  // namespace

base::Result<std::vector<pack::Entry>> read_chart_archive(std::string_view bytes, const std::string& name) {
  auto stream = pack::gunzip(bytes, k_chart_bytes);
  if (!stream) return refused(name, stream.error().what);
  auto entries = pack::untar(*stream, k_chart_files);
  if (!entries) return refused(name, entries.error().what);
  std::string top;
  for (pack::Entry& entry : *entries) {
    if (!pack::is_safe_path(entry.path))
      return refused(name, "'" + base::shorten(entry.path, 200) + "' is no name that a chart may hold");
    SENTIMARK_LET(path, inside(entry.path, top, name));
    entry.path = std::move(path);
    entry.executable = false;
  }
  if (auto sorted = pack::sort_and_check(*entries); !sorted) return refused(name, sorted.error().what);
  return entries;
}

}  // namespace sentimark::helm
