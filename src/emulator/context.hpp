// The context of a runCommand call: base64 of a ZIP, unpacked by libzip as AKS does, without permission bits.
#pragma once
#include <map>
#include <string>

#include "base/result.hpp"

namespace sentimark::emulator {

using Files = std::map<std::string, std::string>;  // relative path -> bytes

struct Context {
  std::string archive;  // the ZIP as it came
  Files files;          // what is in it
};

// At most 64 MiB unpacked and 4096 files. Error: refused for absolute paths, "..", links and damaged archives.
base::Result<Context> unpack_context(const std::string& base64);

// A ZIP of the files, by libzip. Error: internal.
base::Result<std::string> pack_files(const Files& files);

// Flips the lowest bit in the middle of the file, of every file when the name is empty, in both forms of the context.
base::Done flip_byte(Context& context, const std::string& name);

// Writes them below the folder, mode 0644. Error: internal.
base::Done write_files(const std::string& folder, const Files& files);

}  // namespace sentimark::emulator
