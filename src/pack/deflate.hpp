// Deflate (RFC 1951) and gzip (RFC 1952) of bytes in memory, the same bytes for the same input every time.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sentimark::pack {

std::string deflate_raw(std::string_view bytes);  // level 6, no header
std::string gzip(std::string_view bytes);         // no name, no time: reproducible

// Error: config ("too-large" beyond `limit` bytes of output, or not valid deflate data).
base::Result<std::string> inflate_raw(std::string_view bytes, std::uint64_t limit);
base::Result<std::string> inflate_zlib(std::string_view bytes, std::uint64_t limit);  // RFC 1950
base::Result<std::string> gunzip(std::string_view bytes, std::uint64_t limit);

std::uint32_t crc32(std::string_view bytes);  // as ZIP and gzip define it

}  // namespace sentimark::pack
