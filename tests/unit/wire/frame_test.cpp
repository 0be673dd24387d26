#include "wire/frame.hpp"

#include <gtest/gtest.h>

#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

namespace {

const std::string k_nonce = "0123456789abcdef0123456789abcdef";
const std::string k_payload = R"({"verdict":"healthy"})";

}  // namespace

TEST(Frame, finds_the_answer_among_noise) {
  const std::string log = "helm says hello\nsentimark-answer begin of something else\n" +
                          wire::frame(k_nonce, k_payload) + "trailing noise";
  const auto found = wire::find_frame(log, k_nonce);
  ASSERT_TRUE(is_ok(found));
  EXPECT_EQ(*found, k_payload);
}

// X-05, B-07: cut anywhere, a log is never read as an answer.
TEST(Frame, a_log_cut_at_any_byte_is_no_answer) {
  const std::string log = "noise\n" + wire::frame(k_nonce, k_payload);
  for (std::size_t length = 0; length < log.size(); ++length) {
    const auto found = wire::find_frame(log.substr(0, length), k_nonce);
    EXPECT_TRUE(has_kind(found, base::Outcome::unknown)) << length;
  }
}

TEST(Frame, a_changed_byte_of_the_payload_is_noticed) {
  const std::string log = wire::frame(k_nonce, k_payload);
  const std::size_t start = log.find(k_payload);
  for (std::size_t i = 0; i < k_payload.size(); ++i) {
    std::string bad = log;
    bad[start + i] = static_cast<char>(bad[start + i] ^ 1);
    const auto found = wire::find_frame(bad, k_nonce);
    ASSERT_TRUE(has_kind(found, base::Outcome::unknown));
    EXPECT_EQ(found.error().code, "damaged");
  }
}

TEST(Frame, bytes_behind_the_length_are_noticed) {
  std::string longer = wire::frame(k_nonce, k_payload);
  longer.insert(longer.find(k_payload) + k_payload.size(), "x");
  const auto found = wire::find_frame(longer, k_nonce);
  ASSERT_TRUE(has_kind(found, base::Outcome::unknown));
  EXPECT_EQ(found.error().code, "damaged");
}

TEST(Frame, another_nonce_and_a_second_answer_are_refused) {
  const std::string log = wire::frame(k_nonce, k_payload);
  const auto other = wire::find_frame(log, "ffffffffffffffffffffffffffffffff");
  ASSERT_TRUE(has_kind(other, base::Outcome::unknown));
  EXPECT_EQ(other.error().code, "absent");
  const auto twice = wire::find_frame(log + log, k_nonce);
  ASSERT_TRUE(has_kind(twice, base::Outcome::unknown));
  EXPECT_EQ(twice.error().code, "doubled");
}
