// Record layouts: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
#include "pack/zip.hpp"

#include <algorithm>

#include "pack/deflate.hpp"
#include "pack/path.hpp"

namespace sentimark::pack {
namespace {

constexpr std::uint16_t k_version = 20;  // 2.0: deflate
constexpr std::uint16_t k_made_by_unix = 0x0300U | k_version;
constexpr std::uint16_t k_utf8_names = 1U << 11U;
constexpr std::uint16_t k_stored = 0;
constexpr std::uint16_t k_deflate = 8;
constexpr std::uint16_t k_dos_time = 0;                             // 00:00:00
constexpr std::uint16_t k_dos_date = (0U << 9U) | (1U << 5U) | 1U;  // 1980-01-01

struct Prepared {
  std::string path;
  std::string data;
  std::uint16_t method;
  std::uint32_t crc;
  std::uint32_t size;
  std::uint32_t mode;
  std::uint32_t offset = 0;
};

void put16(std::string& out, std::uint32_t value) {
  out.push_back(static_cast<char>(value & 0xFFU));
  out.push_back(static_cast<char>((value >> 8U) & 0xFFU));
}

void put32(std::string& out, std::uint32_t value) {
  put16(out, value & 0xFFFFU);
  put16(out, value >> 16U);
}

Prepared prepare(ZipEntry source) {
  Prepared ready{std::move(source.entry.path),
                 {},
                 k_stored,
                 source.crc32,
                 static_cast<std::uint32_t>(source.size),
                 source.entry.executable ? 0100755U : 0100644U};
  if (source.deflated) {
    ready.method = k_deflate;
    ready.data = std::move(source.entry.bytes);
    return ready;
  }
  ready.crc = crc32(source.entry.bytes);
  ready.size = static_cast<std::uint32_t>(source.entry.bytes.size());
  std::string packed = deflate_raw(source.entry.bytes);
  if (packed.size() < source.entry.bytes.size()) ready.method = k_deflate;
  ready.data = ready.method == k_deflate ? std::move(packed) : std::move(source.entry.bytes);
  return ready;
}

// What the local header and the central directory say alike.
void put_common(std::string& out, const Prepared& entry) {
  put16(out, k_version);
  put16(out, k_utf8_names);
  put16(out, entry.method);
  put16(out, k_dos_time);
  put16(out, k_dos_date);
  put32(out, entry.crc);
  put32(out, static_cast<std::uint32_t>(entry.data.size()));
  put32(out, entry.size);
  put16(out, static_cast<std::uint32_t>(entry.path.size()));
  put16(out, 0);  // extra field
}

void put_local(std::string& out, Prepared& entry) {
  entry.offset = static_cast<std::uint32_t>(out.size());
  put32(out, 0x04034b50U);
  put_common(out, entry);
  out += entry.path;
  out += entry.data;
}

void put_central(std::string& out, const Prepared& entry) {
  put32(out, 0x02014b50U);
  put16(out, k_made_by_unix);
  put_common(out, entry);
  put16(out, 0);  // comment
  put16(out, 0);  // disk
  put16(out, 0);  // internal attributes
  put32(out, entry.mode << 16U);
  put32(out, entry.offset);
  out += entry.path;
}

base::Error too_large() {
  return base::fail(base::Outcome::config, "the files are too large for one ZIP", "send fewer or smaller files",
                    "too-large");
}

}  // namespace

base::Result<std::string> zip(std::vector<ZipEntry> entries) {
  if (entries.size() > 0xFFFFU) return too_large();
  std::vector<Entry> names;
  std::uint64_t total = 0;
  for (const ZipEntry& entry : entries) {
    names.push_back({entry.entry.path, {}, false});
    total += std::max<std::uint64_t>(entry.size, entry.entry.bytes.size()) + 2 * entry.entry.path.size() + 128;
  }
  if (total > 0xFFFFFFFFULL) return too_large();
  SENTIMARK_TRY(sort_and_check(names));
  std::sort(entries.begin(), entries.end(),
            [](const ZipEntry& a, const ZipEntry& b) { return a.entry.path < b.entry.path; });
  std::vector<Prepared> prepared;
  std::string out;
  for (ZipEntry& entry : entries) {
    prepared.push_back(prepare(std::move(entry)));
    put_local(out, prepared.back());
  }
  const auto directory = static_cast<std::uint32_t>(out.size());
  for (const Prepared& entry : prepared) put_central(out, entry);
  const auto directory_size = static_cast<std::uint32_t>(out.size()) - directory;
  put32(out, 0x06054b50U);
  put32(out, 0);  // this disk, disk of the directory
  put16(out, static_cast<std::uint32_t>(prepared.size()));
  put16(out, static_cast<std::uint32_t>(prepared.size()));
  put32(out, directory_size);
  put32(out, directory);
  put16(out, 0);  // comment
  return out;
}

}  // namespace sentimark::pack
