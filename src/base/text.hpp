// Small pure helpers on text: splitting, trimming, joining, numbers, nearest name.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sentimark::base {

std::string_view trim(std::string_view text);  // ASCII white space on both sides
std::vector<std::string> split(std::string_view text, char separator);
std::vector<std::string> lines_of(std::string_view text);  // accepts \r\n; no empty last line
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);
std::string to_lower(std::string_view text);  // ASCII only
bool equals_ignoring_case(std::string_view left, std::string_view right);
bool contains(std::string_view text, std::string_view part);

// A whole decimal number without sign or spaces; nullopt otherwise or on overflow.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);

// At most `limit` bytes, cut at a UTF-8 boundary, with "…" when cut.
std::string shorten(std::string_view text, std::size_t limit);

// "1 call", "2 calls": the noun is one that takes an s.
std::string counted(std::uint64_t count, std::string_view noun);

// Invalid UTF-8 bytes become U+FFFD, so that what others printed can travel in JSON.
std::string to_valid_utf8(std::string_view bytes);

// Valid UTF-8 without line breaks and other control characters, which become spaces, and without white space at its
// ends.
std::string one_line(std::string_view text);

// The candidate with the smallest edit distance when that distance is at most a third of the word; empty otherwise.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace sentimark::base
