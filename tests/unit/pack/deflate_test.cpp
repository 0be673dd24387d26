#include "pack/deflate.hpp"

#include <gtest/gtest.h>

#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

TEST(Deflate, gives_back_what_it_took) {
  for (const std::string& bytes :
       {std::string(), std::string("a"), std::string(1'000'000, 'x'), std::string("\0\xff\0", 3)}) {
    const auto raw = pack::inflate_raw(pack::deflate_raw(bytes), 2'000'000);
    const auto wrapped = pack::gunzip(pack::gzip(bytes), 2'000'000);
    ASSERT_TRUE(is_ok(raw) && is_ok(wrapped));
    EXPECT_EQ(*raw, bytes);
    EXPECT_EQ(*wrapped, bytes);
  }
}

// A few kilobytes that would expand to gigabytes must cost neither memory nor time.
TEST(Deflate, stops_at_the_limit) {
  const auto result = pack::inflate_raw(pack::deflate_raw(std::string(1'000'000, 'x')), 999'999);
  ASSERT_TRUE(has_kind(result, base::Outcome::config));
  EXPECT_EQ(result.error().code, "too-large");
}

TEST(Deflate, notices_a_cut_a_flipped_bit_and_a_tail) {
  const std::string good = pack::gzip("some text that is long enough to be compressed, compressed, compressed");
  EXPECT_TRUE(has_kind(pack::gunzip(good.substr(0, good.size() - 1), 1000), base::Outcome::config));
  EXPECT_TRUE(has_kind(pack::gunzip(good + "x", 1000), base::Outcome::config));
  for (std::size_t at = 10; at < good.size(); ++at) {  // behind the header every bit is covered by data or checksum
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    const auto result = pack::gunzip(bad, 1000);
    EXPECT_TRUE(has_kind(result, base::Outcome::config)) << at;
  }
}

TEST(Crc32, equals_the_check_value) { EXPECT_EQ(pack::crc32("123456789"), 0xCBF43926U); }

TEST(Deflate, reads_zlib_data_too) {
  const std::string good("\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15", 13);
  EXPECT_EQ(*pack::inflate_zlib(good, 5), "hello");
  EXPECT_EQ(pack::inflate_zlib(good, 4).error().code, "too-large");
  EXPECT_TRUE(has_kind(pack::inflate_zlib(good.substr(0, 12), 5), base::Outcome::config));
  EXPECT_TRUE(has_kind(pack::inflate_zlib(pack::gzip("hello"), 5), base::Outcome::config));
}
