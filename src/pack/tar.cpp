// Field offsets and widths: POSIX.1-2017, pax, "ustar Interchange Format".
#include "pack/tar.hpp"

#include <array>
#include <cstdio>
#include <string_view>

#include "pack/path.hpp"

namespace sentimark::pack {
namespace {

constexpr std::size_t k_block = 512;
constexpr std::size_t k_name_width = 100;

using Block = std::array<char, k_block>;

void put_text(Block& block, std::size_t offset, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) block[offset + i] = text[i];
}

// Zero-padded octal, one digit less than the width, then NUL.
void put_octal(Block& block, std::size_t offset, std::size_t width, unsigned long long value) {
  std::array<char, 24> text{};
  (void)std::snprintf(text.data(), text.size(), "%0*llo", static_cast<int>(width - 1), value);
  put_text(block, offset, text.data());
}

std::string header(std::string_view name, unsigned mode, std::size_t size, char type) {
  Block block{};
  put_text(block, 0, name.substr(0, k_name_width));
  put_octal(block, 100, 8, mode);
  put_octal(block, 108, 8, 0);  // uid
  put_octal(block, 116, 8, 0);  // gid
  put_octal(block, 124, 12, size);
  put_octal(block, 136, 12, 0);  // mtime
  put_text(block, 148, "        ");
  block[156] = type;
  put_text(block, 257, std::string_view("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put_octal(block, 148, 7, sum);
  block[154] = '\0';
  return {block.data(), block.size()};
}

void pad(std::string& stream) { stream.resize((stream.size() + k_block - 1) / k_block * k_block, '\0'); }

// "length key=value\n" where the length counts its own digits.
std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (std::to_string(length).size() + rest != length) ++length;
  return std::to_string(length) + " " + std::string(key) + "=" + std::string(value) + "\n";
}

}  // namespace

base::Result<std::string> tar(std::vector<Entry> entries) {
  SENTIMARK_TRY(sort_and_check(entries));
  std::string stream;
  for (const Entry& entry : entries) {
    if (entry.path.size() > k_name_width) {
      const std::string record = pax_record("path", entry.path);
      stream += header("pax", 0644, record.size(), 'x') + record;
      pad(stream);
    }
    stream += header(entry.path, entry.executable ? 0755 : 0644, entry.bytes.size(), '0') + entry.bytes;
    pad(stream);
  }
  stream.append(2 * k_block, '\0');
  return stream;
}

}  // namespace sentimark::pack
