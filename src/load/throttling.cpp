#include "load/throttling.hpp"

#include "base/text.hpp"

namespace sentimark::load {
namespace {

constexpr std::uint64_t k_most = 64U << 10U;

std::optional<std::uint64_t> throttled_in(sys::Files& files, const std::string& folder) {
  const auto text = files.read(folder + "/cpu.stat", k_most);
  if (!text) return std::nullopt;
  for (const std::string& line : base::lines_of(*text)) {
    if (line.starts_with("nr_throttled ")) return base::parse_unsigned(line.substr(13));
  }
  return std::nullopt;
}

// Of the group and those above it: a limit may stand at any of them.
std::optional<std::uint64_t> throttled_up(sys::Files& files, const std::string& root, std::string path) {
  std::optional<std::uint64_t> sum;
  for (;;) {
    if (path == "/") path.clear();
    if (const auto here = throttled_in(files, root + path)) sum = sum.value_or(0) + *here;
    if (path.empty()) return sum;
    path.erase(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
}

}  // namespace

// A line is "0::/path" in v2, "N:controllers:/path" in v1 (cgroups(7)).
std::optional<std::uint64_t> read_throttling(sys::Files& files) {
  const auto groups = files.read("/proc/self/cgroup", k_most);
  if (!groups) return std::nullopt;
  std::optional<std::uint64_t> sum;
  for (const std::string& line : base::lines_of(*groups)) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    std::string root = "/sys/fs/cgroup";
    if (!controllers.empty()) {
      const std::vector<std::string> names = base::split(controllers, ',');
      bool cpu = false;
      for (const std::string& name : names) cpu = cpu || name == "cpu";
      if (!cpu) continue;
      root += "/" + controllers;
    }
    if (const auto here = throttled_up(files, root, path)) sum = sum.value_or(0) + *here;
  }
  return sum;
}

}  // namespace sentimark::load
