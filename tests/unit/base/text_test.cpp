#include "base/text.hpp"

#include <gtest/gtest.h>

using namespace sentimark;

TEST(Text, splits_and_joins_back) {
  const std::vector<std::string> parts = base::split("a,,b,", ',');
  EXPECT_EQ(parts, (std::vector<std::string>{"a", "", "b", ""}));
  EXPECT_EQ(base::join(parts, ","), "a,,b,");
}

TEST(Text, lines_lose_their_ends_whatever_the_system) {
  EXPECT_EQ(base::lines_of("a\r\nb\n\nc"), (std::vector<std::string>{"a", "b", "", "c"}));
  EXPECT_TRUE(base::lines_of("").empty());
}

TEST(Text, reads_only_whole_unsigned_numbers) {
  EXPECT_EQ(base::parse_unsigned("18446744073709551615"), 18446744073709551615ULL);
  for (const char* text : {"", "-1", "+1", "1 ", "0x1", "18446744073709551616"}) {
    EXPECT_FALSE(base::parse_unsigned(text).has_value()) << text;
  }
}

TEST(Text, counts_one_thing_in_the_singular) {
  EXPECT_EQ(base::counted(0, "call"), "0 calls");
  EXPECT_EQ(base::counted(1, "call"), "1 call");
  EXPECT_EQ(base::counted(2, "call"), "2 calls");
}

TEST(Text, shortens_at_a_character_boundary) {
  EXPECT_EQ(base::shorten("abcdef", 6), "abcdef");
  EXPECT_EQ(base::shorten("abcdefg", 6), "abc\u2026");
  EXPECT_EQ(base::shorten("a\u00e9\u00e9\u00e9", 5), "a\u2026");
}

TEST(Text, replaces_invalid_bytes_and_keeps_valid_characters) {
  EXPECT_EQ(base::to_valid_utf8("a\u00e9\u20ac\U0001F600"), "a\u00e9\u20ac\U0001F600");
  EXPECT_EQ(base::to_valid_utf8("\xc0\xaf"), "\uFFFD\uFFFD");            // overlong
  EXPECT_EQ(base::to_valid_utf8("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");  // surrogate
  EXPECT_EQ(base::to_valid_utf8("x\xe2\x82"), "x\uFFFD\uFFFD");          // cut short
}

TEST(Text, offers_the_nearest_name_but_not_a_far_one) {
  const std::vector<std::string> names = {"namespace", "release", "values"};
  EXPECT_EQ(base::nearest("namespce", names), "namespace");
  EXPECT_EQ(base::nearest("realese", names), "release");
  EXPECT_EQ(base::nearest("kubernetes-thing", names), "");
}

TEST(Text, replaces_every_occurrence_once) {
  EXPECT_EQ(base::replace_all("aXbX", "X", "XX"), "aXXbXX");
  EXPECT_EQ(base::replace_all("abc", "", "x"), "abc");
}
