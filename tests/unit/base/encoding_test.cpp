#include "base/encoding.hpp"

#include <gtest/gtest.h>

#include <random>

#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

namespace {

struct Vector {
  std::string bytes;
  std::string text;
};

// RFC 4648 section 10.
const std::vector<Vector> k_vectors = {{"", ""},
                                       {"f", "Zg=="},
                                       {"fo", "Zm8="},
                                       {"foo", "Zm9v"},
                                       {"foob", "Zm9vYg=="},
                                       {"fooba", "Zm9vYmE="},
                                       {"foobar", "Zm9vYmFy"}};

}  // namespace

// HE-02
TEST(Base64, writes_the_rfc_vectors) {
  for (const Vector& vector : k_vectors) EXPECT_EQ(base::to_base64(vector.bytes), vector.text);
}

// HE-02, HE-03
TEST(Base64, reads_back_every_byte_value_at_every_length) {
  std::mt19937 random(42);
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  for (std::size_t length = 0; length <= 256; ++length) {
    const std::string bytes = all.substr(random() % (257 - length), length);
    const std::string text = base::to_base64(bytes);
    EXPECT_EQ(text.find('\n'), std::string::npos);
    const auto back = base::from_base64(text);
    ASSERT_TRUE(is_ok(back));
    EXPECT_EQ(*back, bytes);
  }
}

// HE-03
TEST(Base64, accepts_line_breaks_and_nothing_else_outside_the_alphabet) {
  const auto wrapped = base::from_base64("Zm9v\r\nYm\nFy\n");
  ASSERT_TRUE(is_ok(wrapped));
  EXPECT_EQ(*wrapped, "foobar");
  const auto spaced = base::from_base64("Zm9v YmFy");
  ASSERT_TRUE(has_kind(spaced, base::Outcome::config));
  EXPECT_NE(spaced.error().what.find("byte 4"), std::string::npos) << spaced.error().what;
}

// HE-03
TEST(Base64, refuses_what_would_be_ambiguous_or_cut_short) {
  for (const char* text : {"Zg=", "Zg", "Z", "Zg===", "Zg==Zg==", "Zg=g", "Zh==", "=", "Zm9vYg=\n"}) {
    EXPECT_TRUE(has_kind(base::from_base64(text), base::Outcome::config)) << text;
  }
}

TEST(Base64, url_form_has_its_own_alphabet_and_no_padding) {
  const auto bytes = base::from_base64url("-_8");
  ASSERT_TRUE(is_ok(bytes));
  EXPECT_EQ(*bytes, "\xfb\xff");
  EXPECT_TRUE(has_kind(base::from_base64url("+/8"), base::Outcome::config));
  EXPECT_TRUE(has_kind(base::from_base64url("Zg=="), base::Outcome::config));
}

TEST(Hex, writes_lower_case_and_knows_its_alphabet) {
  const unsigned char bytes[] = {0x00, 0x9f, 0xff};
  EXPECT_EQ(base::to_hex(bytes), "009fff");
  EXPECT_TRUE(base::is_hex("09af"));
  for (const char* text : {"", "0G", "AF", "0 "}) EXPECT_FALSE(base::is_hex(text)) << text;
}
