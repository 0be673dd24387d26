// A canonical tar stream: the same files give the same bytes, wherever and whenever it is written.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "pack/entry.hpp"

namespace sentimark::pack {

// POSIX ustar with pax headers for long names; sorted by path, owner 0:0 without names, time 0, modes 0644 and 0755.
// No entries for folders: Helm reads files by path. Error: config for an unsafe or doubled path.
base::Result<std::string> tar(std::vector<Entry> entries);

}  // namespace sentimark::pack
