// The one rule for names inside archives.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "pack/entry.hpp"

namespace sentimark::pack {

// Relative, '/' between its parts, none of them empty, "." or ".."; no backslash, no NUL.
bool is_safe_path(const std::string& path);

// Sorts by path (bytes) and refuses (config) a path that is not safe or stands twice.
base::Done sort_and_check(std::vector<Entry>& entries);

}  // namespace sentimark::pack
