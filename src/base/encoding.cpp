#include "base/encoding.hpp"

#include <algorithm>
#include <cstdint>

namespace sentimark::base {
namespace {

constexpr std::string_view k_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view k_url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

Error bad_base64(std::string_view why, std::size_t offset) {
  return fail(Outcome::config, "base64: " + std::string(why) + " at byte " + std::to_string(offset),
              "send the text again as RFC 4648 base64");
}

// Sextets to bytes; `count` tells how many characters of the alphabet stood before the padding.
Result<std::string> pack_sextets(const std::string& sextets, std::size_t end_offset) {
  const std::size_t rest = sextets.size() % 4;
  if (rest == 1) return bad_base64("one character is missing or left over", end_offset);
  std::string bytes;
  bytes.reserve(sextets.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char sextet : sextets) {
    bits = (bits << 6U) | static_cast<unsigned char>(sextet);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes.push_back(static_cast<char>((bits >> held) & 0xFFU));
    }
  }
  // Non-zero bits behind the last byte would make two texts mean the same bytes.
  if ((bits & ((1U << held) - 1U)) != 0) return bad_base64("bits are set behind the last byte", end_offset);
  return bytes;
}

}  // namespace

std::string to_hex(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    text.push_back(digits[byte >> 4U]);
    text.push_back(digits[byte & 15U]);
  }
  return text;
}

bool is_hex(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = (group << 8U) | (j < have ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    text.push_back(k_alphabet[(group >> 18U) & 63U]);
    text.push_back(k_alphabet[(group >> 12U) & 63U]);
    text.push_back(have > 1 ? k_alphabet[(group >> 6U) & 63U] : '=');
    text.push_back(have > 2 ? k_alphabet[group & 63U] : '=');
  }
  return text;
}

Result<std::string> from_base64(std::string_view text) {
  std::string sextets;
  sextets.reserve(text.size());
  std::size_t padding = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r' || c == '\n') continue;
    if (c == '=') {
      if (++padding > 2) return bad_base64("too much padding", i);
      continue;
    }
    if (padding != 0) return bad_base64("data after padding", i);
    const std::size_t sextet = k_alphabet.find(c);
    if (sextet == std::string_view::npos) return bad_base64("a character outside the alphabet", i);
    sextets.push_back(static_cast<char>(sextet));
  }
  if ((sextets.size() + padding) % 4 != 0) return bad_base64("the length is not a multiple of four", text.size());
  return pack_sextets(sextets, text.size());
}

Result<std::string> from_base64url(std::string_view text) {
  std::string sextets;
  sextets.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t sextet = k_url_alphabet.find(text[i]);
    if (sextet == std::string_view::npos) return bad_base64("a character outside the URL alphabet", i);
    sextets.push_back(static_cast<char>(sextet));
  }
  return pack_sextets(sextets, text.size());
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string result;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      result.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      result.push_back('%');
      result.push_back(digits[byte >> 4U]);
      result.push_back(digits[byte & 15U]);
    }
  }
  return result;
}

}  // namespace sentimark::base
