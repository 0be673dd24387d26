#include "pack/path.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sentimark::pack {
bool is_safe_path(const std::string& path) {
  if (path.empty() || base::contains(path, "\\") || base::contains(path, std::string_view("\0", 1))) return false;
  const std::vector<std::string> parts = base::split(path, '/');
  return std::none_of(parts.begin(), parts.end(),
                      [](const std::string& part) { return part.empty() || part == "." || part == ".."; });
}

base::Done sort_and_check(std::vector<Entry>& entries) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!is_safe_path(entries[i].path)) {
      return base::fail(base::Outcome::config, "a file cannot be packed under the name '" + entries[i].path + "'",
                        "use a relative path without '..', backslashes or empty parts");
    }
    if (i > 0 && entries[i].path == entries[i - 1].path) {
      return base::fail(base::Outcome::config, "two files would be packed under one name: " + entries[i].path,
                        "rename one of them");
    }
  }
  return {};
}

}  // namespace sentimark::pack
