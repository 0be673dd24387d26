#include <sys/random.h>
#include <unistd.h>

#include <cstdlib>

#include "sys/posix_system.hpp"

extern char** environ;

namespace sentimark::sys {

std::optional<std::string> PosixEnv::get(std::string_view name) const {
  const char* value = ::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

std::vector<std::string> PosixEnv::names() const {
  std::vector<std::string> names;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    names.emplace_back(text.substr(0, text.find('=')));
  }
  return names;
}

void PosixRandom::fill(std::span<unsigned char> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::getrandom(bytes.data() + done, bytes.size() - done, 0);
    if (got > 0) done += static_cast<std::size_t>(got);
  }
}

}  // namespace sentimark::sys
