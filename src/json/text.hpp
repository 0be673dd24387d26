// JSON text <-> Value, with limits: what comes from a server is hostile until parsed.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "json/value.hpp"

namespace sentimark::json {

struct Limits {
  std::size_t bytes = std::size_t{64} << 20U;
  std::size_t depth = 128;
  std::size_t values = 4'000'000;
};

// RFC 8259: one value and white space, valid UTF-8, no duplicate names. Integers outside int64 become doubles.
// Error: config, naming the byte offset.
base::Result<Value> parse(std::string_view text, const Limits& limits = {});

// One line, members in their order. Invalid UTF-8 in strings becomes U+FFFD; NaN and infinities become null.
std::string to_text(const Value& value);

// Indented by two spaces, for people.
std::string to_pretty_text(const Value& value);

}  // namespace sentimark::json
