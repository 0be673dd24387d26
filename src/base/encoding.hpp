// Hexadecimal, base64 (RFC 4648, strict on reading) and percent-encoding.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sentimark::base {

std::string to_hex(std::span<const unsigned char> bytes);  // lower case
bool is_hex(std::string_view text);                        // only [0-9a-f], not empty

// Standard alphabet, padded, one line: MIME line breaks are what makes others hit the request limit.
std::string to_base64(std::string_view bytes);

// How long to_base64 makes so many bytes.
constexpr std::uint64_t base64_size(std::uint64_t bytes) { return (bytes + 2) / 3 * 4; }

// Accepts line breaks (CR, LF) anywhere, nothing else outside the alphabet. The error (config) names the byte offset.
Result<std::string> from_base64(std::string_view text);

// RFC 4648 section 5 without padding, as JWT parts are written. Same errors.
Result<std::string> from_base64url(std::string_view text);

// RFC 3986: everything but unreserved characters becomes %XX.
std::string percent_encoded(std::string_view text);

}  // namespace sentimark::base
