// The context of a runCommand call: base64 of a ZIP, unpacked by libzip as AKS does, without permission bits.
#pragma once
#include <map>
#include <string>

#include "base/result.hpp"

namespace sentimark::emulator {

using Files = std::map<std::string, std::string>;  // relative path -> bytes

// At most 64 MiB unpacked and 4096 files. Error: refused for absolute paths, "..", links and damaged archives.
base::Result<Files> unpack_context(const std::string& base64);

// Writes them below the folder, mode 0644. Error: internal.
base::Done write_files(const std::string& folder, const Files& files);

}  // namespace sentimark::emulator
