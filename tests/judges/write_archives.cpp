// write_archives FOLDER: writes context.zip, chart.tgz and manifest.json for readers that are not ours to judge.
#include <cstdio>

#include "digest/sha256.hpp"
#include "json/text.hpp"
#include "pack/deflate.hpp"
#include "pack/tar.hpp"
#include "pack/zip.hpp"
#include "sys/posix_system.hpp"

using namespace sentimark;

namespace {

std::vector<pack::Entry> files() {
  std::string every_byte;
  for (int i = 0; i < 256 * 64; ++i) every_byte.push_back(static_cast<char>(i % 256));
  return {{"job.json", "{}\n", false},
          {"empty", "", false},
          {"program", std::string(300'000, '\x7f') + every_byte, true},
          {"deep/er/" + std::string(180, 'n') + "/values.yaml", "a: 1\r\nb: 2\n", false},
          {"caf\u00e9/\u65e5\u672c.txt", "names are UTF-8\n", false},
          {"every_byte", every_byte, false}};
}

int write(const std::string& folder) {
  sys::PosixFiles disk;
  json::Value manifest = json::Value::array();
  std::vector<pack::ZipEntry> entries;
  for (const pack::Entry& entry : files()) {
    json::Value row = json::Value::object();
    row.set("path", entry.path);
    row.set("sha256", digest::sha256_hex(entry.bytes));
    row.set("executable", entry.executable);
    manifest.push(std::move(row));
    pack::ZipEntry packed{entry, false, 0, 0};
    if (entry.executable)
      packed = {{entry.path, pack::deflate_raw(entry.bytes), true}, true, pack::crc32(entry.bytes), entry.bytes.size()};
    entries.push_back(std::move(packed));
  }
  const auto zip = pack::zip(std::move(entries));
  const auto tar = pack::tar(files());
  const bool done = zip.ok() && tar.ok() && disk.write(folder + "/context.zip", *zip, 0644).ok() &&
                    disk.write(folder + "/chart.tgz", pack::gzip(*tar), 0644).ok() &&
                    disk.write(folder + "/manifest.json", json::to_text(manifest), 0644).ok();
  return done ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: write_archives FOLDER\n", stderr);
    return 2;
  }
  return write(argv[1]);
}
