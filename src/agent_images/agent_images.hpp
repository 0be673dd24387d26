// The agent for each architecture, deflated, as bytes in the program: it travels with every call.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace sentimark::agent_images {

struct AgentImage {
  std::string_view architecture;  // "amd64", "arm64"
  std::string_view deflated;      // raw deflate data of the executable
  std::uint32_t crc32 = 0;        // of the executable, as ZIP wants it
  std::uint64_t size = 0;         // of the executable, bytes
  std::string_view sha256;        // of the executable, 64 hex digits
};

// One of each architecture, sorted by name.
std::span<const AgentImage> agent_images();

}  // namespace sentimark::agent_images
