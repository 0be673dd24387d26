#include "sys/secrets.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

using namespace sentimark;

// DP-04: whatever form a secret takes in a text, the redactor finds it.
TEST(Secrets, redacts_the_clear_text_and_its_base64_at_every_phase_and_its_url_form) {
  sys::Secrets secrets;
  const base::Secret secret = secrets.make("s3cr3t/with+odd=chars");
  const std::string clear(secret.reveal());
  EXPECT_EQ(secrets.redact("x " + clear + " y"), "x *** y");
  EXPECT_EQ(secrets.redact("q=s3cr3t%2Fwith%2Bodd%3Dchars"), "q=***");
  for (const std::string& prefix : {std::string(), std::string("a"), std::string("ab"), std::string("abc")}) {
    for (const std::string& suffix : {std::string(), std::string("z"), std::string("zy")}) {
      const std::string encoded = base::to_base64(prefix + clear + suffix);
      const std::string shown = secrets.redact(encoded);
      EXPECT_NE(shown.find("***"), std::string::npos) << encoded;
      EXPECT_LE(shown.size(), 3U + 2 * 8U) << shown;  // what is left holds at most the mixed edges
    }
  }
}

TEST(Secrets, announces_every_line_once_and_before_use) {
  std::vector<std::string> announced;
  sys::Secrets secrets([&](std::string_view line) { announced.emplace_back(line); });
  const base::Secret secret = secrets.make("line one\nline two\n");
  EXPECT_EQ(announced, (std::vector<std::string>{"line one", "line two"}));
}

TEST(Secrets, a_longer_secret_is_replaced_before_one_inside_it) {
  sys::Secrets secrets;
  (void)secrets.make("inner-secret");
  (void)secrets.make("inner-secret-and-more");
  EXPECT_EQ(secrets.redact("inner-secret-and-more"), "***");
}
