// Points in time and spans, and their text forms. All in milliseconds.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sentimark::base {

using Millis = std::chrono::milliseconds;

// Since 1970-01-01T00:00:00Z, ignoring leap seconds.
struct WallTime {
  Millis since_epoch{0};
  auto operator<=>(const WallTime&) const = default;
};

// A clock of one machine that never goes back; only differences mean something.
struct Instant {
  Millis since_start{0};
  auto operator<=>(const Instant&) const = default;
};

inline Instant operator+(Instant at, Millis span) { return {at.since_start + span}; }
inline Millis operator-(Instant later, Instant earlier) { return later.since_start - earlier.since_start; }
inline WallTime operator+(WallTime at, Millis span) { return {at.since_epoch + span}; }

std::string to_rfc3339(WallTime at);  // UTC, whole seconds: 2026-01-02T03:04:05Z

// RFC 3339 with Z or a numeric offset, fractions to the millisecond. Error: config.
Result<WallTime> from_rfc3339(std::string_view text);

// "90s", "10m", "1h30m", "500ms"; at least 1 ms, at most 24 h. Error: usage.
Result<Millis> parse_duration(std::string_view text);

// 950 ms, 4.2 s, 1 min 30 s: for people.
std::string human_duration(Millis span);

}  // namespace sentimark::base
