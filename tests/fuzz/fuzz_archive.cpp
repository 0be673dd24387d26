// A chart's archive and the tar stream in it: what is accepted holds safe names only, and is the same when it is packed
// again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "helm/chart_archive.hpp"
#include "pack/deflate.hpp"
#include "pack/path.hpp"
#include "pack/tar.hpp"
#include "pack/untar.hpp"

using namespace sentimark;

namespace {

constexpr std::size_t k_most_files = 100;

void check_stream(std::string_view stream) {
  const auto entries = pack::untar(stream, k_most_files);
  if (!entries) {
    if (entries.error().kind != base::Outcome::config) std::abort();
    return;
  }
  if (entries->size() > k_most_files) std::abort();
  std::size_t bytes = 0;
  for (const pack::Entry& entry : *entries) bytes += entry.bytes.size();
  if (bytes > stream.size()) std::abort();
  const auto packed = pack::tar(*entries);
  if (!packed) return;  // an unsafe or a doubled name
  const auto again = pack::untar(*packed, k_most_files);
  if (!again || again->size() != entries->size()) std::abort();
}

void check_archive(std::string_view archive) {
  const auto entries = helm::read_chart_archive(archive, "x.tgz");
  if (!entries) {
    if (entries.error().kind != base::Outcome::config || !entries.error().what.starts_with("x.tgz: ")) std::abort();
    return;
  }
  for (const pack::Entry& entry : *entries) {
    if (!pack::is_safe_path(entry.path) || entry.executable) std::abort();
  }
}

}  // namespace

// NOLINTNEXTLINE: the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check_stream(input);
  check_archive(input);
  check_archive(pack::gzip(input));
  return 0;
}
