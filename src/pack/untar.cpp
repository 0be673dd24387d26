// Fields: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header"; GNU's long names: tar(5) of
// libarchive.
#include "pack/untar.hpp"

#include <optional>

#include "base/text.hpp"

namespace sentimark::pack {
namespace {

constexpr std::size_t k_block = 512;

base::Error damaged(const std::string& why) {
  return base::fail(base::Outcome::config, "the tar archive is damaged: " + why, "make the archive again");
}

// Up to the first NUL.
std::string_view text_in(std::string_view block, std::size_t offset, std::size_t width) {
  const std::string_view field = block.substr(offset, width);
  return field.substr(0, field.find('\0'));
}

// Octal digits between optional spaces; nothing for anything else, GNU's base-256 among it: no chart is that large.
std::optional<std::uint64_t> number_in(std::string_view block, std::size_t offset, std::size_t width) {
  const std::string_view digits = base::trim(text_in(block, offset, width));
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '7' || value >> 60U != 0) return std::nullopt;
    value = value * 8 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

bool sum_is_right(std::string_view block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < k_block; ++i)
    sum += i >= 148 && i < 156 ? std::uint64_t{' '} : static_cast<unsigned char>(block[i]);
  return number_in(block, 148, 8) == sum;
}

// "LENGTH KEY=VALUE\n" after one another; the length counts the whole record.
struct Extended {
  std::optional<std::string> path;
  std::optional<std::uint64_t> size;
};

base::Result<Extended> extended(std::string_view records) {
  Extended found;
  while (!records.empty()) {
    const std::size_t space = records.find(' ');
    const auto length = base::parse_unsigned(records.substr(0, space));
    if (space == std::string_view::npos || !length || *length <= space + 1 || *length > records.size() ||
        records[*length - 1] != '\n') {
      return damaged("an extended header is malformed");
    }
    const std::string_view record = records.substr(space + 1, *length - space - 2);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos) return damaged("an extended header is malformed");
    const std::string_view key = record.substr(0, equals);
    const std::string_view value = record.substr(equals + 1);
    if (key == "path") found.path = std::string(value);
    if (key == "size") {
      found.size = base::parse_unsigned(value);
      if (!found.size) return damaged("an extended header is malformed");
    }
    if (key.starts_with("GNU.sparse")) return damaged("it holds a sparse file");
    records.remove_prefix(*length);
  }
  return found;
}

class Reader {
 public:
  Reader(std::string_view stream, std::size_t most_files) : stream_(stream), most_files_(most_files) {}

  base::Result<std::vector<Entry>> read() {
    while (!stream_.empty()) {
      if (stream_.size() < k_block) return damaged("it is cut short");
      const std::string_view block = stream_.substr(0, k_block);
      if (block.find_first_not_of('\0') == std::string_view::npos) break;
      stream_.remove_prefix(k_block);
      SENTIMARK_TRY(take(block));
    }
    return std::move(entries_);
  }

 private:
  base::Done take(std::string_view block) {
    const auto stated = number_in(block, 124, 12);
    if (!sum_is_right(block) || !stated) return damaged("a header is malformed");
    const char type = block[156];
    const bool about_next = type == 'x' || type == 'L';
    const std::uint64_t size = about_next ? *stated : next_.size.value_or(*stated);
    const bool has_content = type != '5' && type != '1' && type != '2';
    SENTIMARK_LET(content, body(has_content ? size : 0));
    if (type == 'x') {
      SENTIMARK_LET(found, extended(content));
      if (found.path) next_.path = std::move(found.path);
      if (found.size) next_.size = found.size;
      return {};
    }
    if (type == 'L') {
      next_.path = std::string(content.substr(0, content.find('\0')));
      return {};
    }
    if (type == 'g' || type == 'K') return {};
    const std::string name = next_.path.value_or(name_in(block));
    next_ = {};
    const bool plain = type == '0' || type == '7' || type == '\0';
    if (type == '5' || (plain && name.ends_with('/'))) return {};
    if (!plain) {
      return base::fail(base::Outcome::config,
                        "the archive holds a link or a special file: " + base::shorten(name, 200),
                        "put the file itself there");
    }
    if (entries_.size() >= most_files_)
      return base::fail(base::Outcome::config, "the archive has more than " + std::to_string(most_files_) + " files",
                        "leave out what it "
                        "does not need",
                        "too-large");
    entries_.push_back({name, std::string(content), (number_in(block, 100, 8).value_or(0) & 0111U) != 0});
    return {};
  }

  static std::string name_in(std::string_view block) {
    const std::string name(text_in(block, 0, 100));
    const std::string_view prefix = text_in(block, 345, 155);
    const bool ustar = block.substr(257, 6) == std::string_view("ustar\0", 6);
    return ustar && !prefix.empty() ? std::string(prefix) + "/" + name : name;
  }

  // The content and what fills its last block.
  base::Result<std::string_view> body(std::uint64_t size) {
    const std::uint64_t rest = stream_.size();
    if (size > rest || (size + k_block - 1) / k_block * k_block > rest) return damaged("it is cut short");
    const std::string_view content = stream_.substr(0, size);
    stream_.remove_prefix((size + k_block - 1) / k_block * k_block);
    return content;
  }

  std::string_view stream_;
  std::size_t most_files_;
  Extended next_;
  std::vector<Entry> entries_;
};

}  // namespace

base::Result<std::vector<Entry>> untar(std::string_view stream, std::size_t most_files) {
  return Reader(stream, most_files).read();
}

}  // namespace sentimark::pack
