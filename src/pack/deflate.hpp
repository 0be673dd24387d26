// Deflate (RFC 1951) and gzip (RFC 1952) of bytes in memory, the same bytes for the same input every time.
#pragma once
#include <cstdint>
#include <memory>
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

// How large bytes become under gzip at its best level, as they come and without keeping them.
class GzipMeter {
 public:
  GzipMeter();
  ~GzipMeter();
  GzipMeter(const GzipMeter&) = delete;
  GzipMeter& operator=(const GzipMeter&) = delete;
  void add(std::string_view bytes);
  std::uint64_t taken() const { return taken_; }  // bytes added
  std::uint64_t written() const;                  // of the archive so far; what is still held back is not counted
  std::uint64_t size() const;                     // of the archive, if it ended here

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  std::uint64_t taken_ = 0;
};

std::uint32_t crc32(std::string_view bytes);  // as ZIP and gzip define it

}  // namespace sentimark::pack
