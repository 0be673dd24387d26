// A canonical ZIP, as runCommand's context wants it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "pack/entry.hpp"

namespace sentimark::pack {

// Bytes that are already deflated are taken as they are, so that a program carried along costs no second compression.
struct ZipEntry {
  Entry entry;  // bytes = the content, or the raw deflate data when `deflated`
  bool deflated = false;
  std::uint32_t crc32 = 0;  // of the content; read only when `deflated`
  std::uint64_t size = 0;   // of the content; read only when `deflated`
};

// Sorted by path, times fixed at 1980-01-01, deflate or stored whichever is smaller. Total under 4 GiB (no ZIP64).
// Error: config for an unsafe or doubled path, or for more than 65,535 entries or 4 GiB.
base::Result<std::string> zip(std::vector<ZipEntry> entries);

}  // namespace sentimark::pack
