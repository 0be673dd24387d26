#include "pack/untar.hpp"

#include <array>
#include <cstdio>

#include "pack/tar.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

namespace {

std::string stream() {
  return pack::tar(
             {{"a/" + std::string(180, 'n'), "long", false}, {"b", std::string(700, 'x'), true}, {"c", "", false}})
      .value();
}

std::string why(const std::string& bytes, std::size_t most = 10) {
  const auto entries = pack::untar(bytes, most);
  return entries ? "read" : entries.error().what;
}

}  // namespace

TEST(Untar, reads_back_what_tar_wrote) {
  const auto entries = pack::untar(stream(), 3);
  ASSERT_TRUE(is_ok(entries));
  ASSERT_EQ(entries->size(), 3U);
  EXPECT_EQ((*entries)[0].path, "a/" + std::string(180, 'n'));
  EXPECT_EQ((*entries)[1].bytes, std::string(700, 'x'));
  EXPECT_TRUE((*entries)[1].executable);
  EXPECT_EQ((*entries)[2].bytes, "");
  EXPECT_EQ(*pack::tar(*entries), stream());
}

TEST(Untar, refuses_one_file_more_than_it_may_hold) {
  EXPECT_EQ(why(stream(), 2), "the archive has more than 2 files");
}

// Every cut and every byte: never a crash, and a cut stream is never taken for a whole one.
TEST(Untar, survives_every_cut_and_every_changed_byte) {
  const std::string whole = stream();
  const std::size_t content = whole.size() - 1024;
  for (std::size_t size = 1; size < content; ++size) {
    const auto entries = pack::untar(whole.substr(0, size), 10);
    EXPECT_FALSE(size % 512 != 0 && entries.ok()) << size;
    EXPECT_FALSE(entries.ok() && entries->size() >= 3) << size;
  }
  for (std::size_t at = 0; at < 512; ++at) {
    if (at == 155) continue;  // behind the digits of the sum: nobody reads it
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    EXPECT_NE(why(changed), "read") << at;
  }
}

TEST(Untar, refuses_what_is_neither_file_nor_folder) {
  for (const char type : {'1', '2', '3', '4', '6', 'S'}) {
    std::string bytes = pack::tar({{"l", "", false}}).value();
    bytes[156] = type;
    unsigned sum = 0;
    for (std::size_t i = 0; i < 512; ++i)
      sum += i >= 148 && i < 156 ? unsigned{' '} : static_cast<unsigned char>(bytes[i]);
    std::array<char, 8> digits{};
    (void)std::snprintf(digits.data(), digits.size(), "%06o", sum);
    bytes.replace(148, 7, std::string(digits.data(), 7));
    EXPECT_EQ(why(bytes), "the archive holds a link or a special file: l") << type;
  }
}
