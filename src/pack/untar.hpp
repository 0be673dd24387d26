// A tar stream that others wrote: hostile until it is read.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "pack/entry.hpp"

namespace sentimark::pack {

// The regular files of a ustar, pax or GNU stream, in their order and with the names that they have there. Folders are
// left out. Time and memory are bounded by the stream's size.
// Error: config for a damaged stream, more than `most_files` files, and everything that is neither file nor folder:
// links, devices, sparse files.
base::Result<std::vector<Entry>> untar(std::string_view stream, std::size_t most_files);

}  // namespace sentimark::pack
