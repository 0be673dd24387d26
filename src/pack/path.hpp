// The one rule for names inside archives.
#pragma once
#include <vector>

#include "base/result.hpp"
#include "pack/entry.hpp"

namespace sentimark::pack {

// Sorts by path (bytes) and refuses (config) an absolute, empty, parent-walking, backslashed or doubled path.
base::Done sort_and_check(std::vector<Entry>& entries);

}  // namespace sentimark::pack
