#include "base/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace sentimark::base {
namespace {

constexpr std::string_view k_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view k_url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

Error bad_base64(std::string_view why, std::size_t offset) {
  return fail(Outcome::config, "base64: " + std::string(why) + " at byte " + std::to_string(offset),
              "send the text again as RFC 4648 base64");
}

constexpr unsigned char k_no_sextet = 64;

constexpr std::array<unsigned char, 256> sextets_of(std::string_view alphabet) {
  std::array<unsigned char, 256> sextets{};
  sextets.fill(k_no_sextet);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    sextets[static_cast<unsigned char>(alphabet[i])] = static_cast<unsigned char>(i);
  }
  return sextets;
}

constexpr auto k_sextets = sextets_of(k_alphabet);
constexpr auto k_url_sextets = sextets_of(k_url_alphabet);

// Sextets to bytes.
class Packer {
 public:
  explicit Packer(std::size_t characters) { bytes_.reserve(characters / 4 * 3 + 3); }

  void add(unsigned char sextet) {
    bits_ = (bits_ << 6U) | sextet;
    held_ += 6;
    ++count_;
    if (held_ < 8) return;
    held_ -= 8;
    bytes_.push_back(static_cast<char>((bits_ >> held_) & 0xFFU));
  }

  std::size_t count() const { return count_; }

  // Takes the bytes out; once.
  Result<std::string> finish(std::size_t end_offset) {
    if (count_ % 4 == 1) return bad_base64("one character is missing or left over", end_offset);
    // Non-zero bits behind the last byte would make two texts mean the same bytes.
    if ((bits_ & ((1U << held_) - 1U)) != 0) return bad_base64("bits are set behind the last byte", end_offset);
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
  std::uint32_t bits_ = 0;
  unsigned held_ = 0;
  std::size_t count_ = 0;
};

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
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  char* out = text.data();
  for (std::size_t i = 0; i < bytes.size(); i += 3, out += 4) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = (group << 8U) | (j < have ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j <= have; ++j) out[j] = k_alphabet[(group >> (18U - 6U * j)) & 63U];
  }
  return text;
}

Result<std::string> from_base64(std::string_view text) {
  Packer packer(text.size());
  std::size_t padding = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r' || c == '\n') continue;
    if (c == '=') {
      if (++padding > 2) return bad_base64("too much padding", i);
      continue;
    }
    if (padding != 0) return bad_base64("data after padding", i);
    const unsigned char sextet = k_sextets[static_cast<unsigned char>(c)];
    if (sextet == k_no_sextet) return bad_base64("a character outside the alphabet", i);
    packer.add(sextet);
  }
  if ((packer.count() + padding) % 4 != 0) return bad_base64("the length is not a multiple of four", text.size());
  return packer.finish(text.size());
}

Result<std::string> from_base64url(std::string_view text) {
  Packer packer(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char sextet = k_url_sextets[static_cast<unsigned char>(text[i])];
    if (sextet == k_no_sextet) return bad_base64("a character outside the URL alphabet", i);
    packer.add(sextet);
  }
  return packer.finish(text.size());
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
