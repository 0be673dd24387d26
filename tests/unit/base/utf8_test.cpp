#include <gtest/gtest.h>

#include "base/utf8.hpp"

using namespace sentimark;

TEST(Utf8, code_points_from_both_ends) {
  const std::string text = "a\u00e9\u20ac\U0001F600";
  EXPECT_EQ(base::count_code_points(text), 4U);
  EXPECT_EQ(base::first_code_point("\u20acx").value, 0x20ACU);
  EXPECT_EQ(base::last_code_point(text).value, 0x1F600U);
  EXPECT_EQ(base::last_code_point("a\x80").value, 0xFFFDU);
  EXPECT_TRUE(base::is_valid_utf8(text));
  EXPECT_FALSE(base::is_valid_utf8("a\xc0\xaf"));
  EXPECT_FALSE(base::is_valid_utf8("\xf4\x90\x80\x80"));
  std::string round;
  for (const char32_t point : {U'a', U'\u00e9', U'\u20ac', U'\U0001F600'}) base::append_utf8(round, point);
  EXPECT_EQ(round, text);
}
