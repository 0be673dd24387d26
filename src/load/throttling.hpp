// Whether the kernel held this process back: a load generator that was not let run measures itself.
#pragma once
#include <cstdint>
#include <optional>

#include "sys/files.hpp"

namespace sentimark::load {

// CPU periods in which our cgroup or one above it was throttled (nr_throttled of cpu.stat, cgroup v2 and v1), counted
// since the group was made: only differences mean something. Nothing where no such file can be read.
std::optional<std::uint64_t> read_throttling(sys::Files& files);

}  // namespace sentimark::load
