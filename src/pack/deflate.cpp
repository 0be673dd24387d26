#include "pack/deflate.hpp"

#include <zlib.h>

#include <array>

namespace sentimark::pack {
namespace {

// zlib's names for what follows the deflate data.
constexpr int k_raw = -MAX_WBITS;
constexpr int k_zlib = MAX_WBITS;
constexpr int k_gzip = 16 + MAX_WBITS;

// gzip's own default: level 9 costs several times as much on charts for less than a hundredth of the size.
constexpr int k_level = 6;

// zlib takes no const input but does not write to it.
Bytef* input_of(std::string_view bytes) { return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); }

std::string compress(std::string_view bytes, int window) {
  z_stream stream{};
  // Level and memory are fixed: another choice would be other bytes.
  deflateInit2(&stream, k_level, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY);
  std::string result(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = input_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

base::Result<std::string> expand(std::string_view bytes, int window, std::uint64_t limit) {
  z_stream stream{};
  inflateInit2(&stream, window);
  stream.next_in = input_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string result;
  std::array<char, 65536> block{};
  int state = Z_OK;
  while (state == Z_OK && result.size() <= limit) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    state = inflate(&stream, Z_NO_FLUSH);
    result.append(block.data(), block.size() - stream.avail_out);
  }
  const bool all_read = stream.avail_in == 0;
  inflateEnd(&stream);
  if (result.size() > limit) {
    return base::fail(base::Outcome::config, "compressed data expands beyond " + std::to_string(limit) + " bytes", {},
                      "too-large");
  }
  if (state != Z_STREAM_END || !all_read) {
    return base::fail(base::Outcome::config, "compressed data is damaged or cut short", "make the archive again");
  }
  return result;
}

}  // namespace

struct GzipMeter::Stream {
  z_stream z{};
};

namespace {

// Runs a stream as far as its input goes, throwing away what comes out.
void drain(z_stream& stream, int how) {
  std::array<unsigned char, 65536> block{};
  do {
    stream.next_out = block.data();
    stream.avail_out = static_cast<uInt>(block.size());
    deflate(&stream, how);
  } while (stream.avail_out == 0);
}

}  // namespace

GzipMeter::GzipMeter() : stream_(std::make_unique<Stream>()) {
  deflateInit2(&stream_->z, Z_BEST_COMPRESSION, Z_DEFLATED, k_gzip, 8, Z_DEFAULT_STRATEGY);
}

GzipMeter::~GzipMeter() { deflateEnd(&stream_->z); }

void GzipMeter::add(std::string_view bytes) {
  stream_->z.next_in = input_of(bytes);
  stream_->z.avail_in = static_cast<uInt>(bytes.size());
  drain(stream_->z, Z_NO_FLUSH);
  taken_ += bytes.size();
}

std::uint64_t GzipMeter::written() const { return stream_->z.total_out; }

std::uint64_t GzipMeter::size() const {
  z_stream copy{};
  deflateCopy(&copy, &stream_->z);
  drain(copy, Z_FINISH);
  const std::uint64_t total = copy.total_out;
  deflateEnd(&copy);
  return total;
}

std::string deflate_raw(std::string_view bytes) { return compress(bytes, k_raw); }

std::string gzip(std::string_view bytes) { return compress(bytes, k_gzip); }

base::Result<std::string> inflate_raw(std::string_view bytes, std::uint64_t limit) {
  return expand(bytes, k_raw, limit);
}

base::Result<std::string> inflate_zlib(std::string_view bytes, std::uint64_t limit) {
  return expand(bytes, k_zlib, limit);
}

base::Result<std::string> gunzip(std::string_view bytes, std::uint64_t limit) { return expand(bytes, k_gzip, limit); }

std::uint32_t crc32(std::string_view bytes) {
  return static_cast<std::uint32_t>(::crc32_z(0, input_of(bytes), bytes.size()));
}

}  // namespace sentimark::pack
