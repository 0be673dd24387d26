#include "helm/package.hpp"

#include "digest/sha256.hpp"
#include "pack/deflate.hpp"
#include "pack/tar.hpp"

namespace sentimark::helm {

base::Result<Package> package(const Chart& chart) {
  std::vector<pack::Entry> entries = chart.entries;
  for (pack::Entry& entry : entries) entry.path = chart.name + "/" + entry.path;
  SENTIMARK_LET(archive, pack::tar(std::move(entries)));
  Package package;
  package.tgz = pack::gzip(archive);
  package.sha256 = digest::sha256_hex(package.tgz);
  return package;
}

}  // namespace sentimark::helm
