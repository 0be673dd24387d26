#include "net/url.hpp"

#include <gtest/gtest.h>

using sentimark::net::shown_url;

TEST(ShownUrl, keeps_where_and_drops_what_may_be_secret) {
  struct Row {
    const char* url;
    const char* shown;
  };
  const Row rows[] = {
      {"https://host/a/b?sig=canary#canary", "https://host/a/b"},
      {"https://user:canary@host:8443/a", "https://host:8443/a"},
      {"https://user:can@ary@host/a@b", "https://host/a@b"},
      {"https://host?canary/x", "https://host"},
      {"https://host#canary@x", "https://host"},
      {"https://canary@host", "https://host"},
      {"http://[::1]:80/x", "http://[::1]:80/x"},
      {"https://", "https://"},
      {"canary", "(not a URL)"},
      {"", "(not a URL)"},
  };
  for (const Row& row : rows) EXPECT_EQ(shown_url(row.url), row.shown) << row.url;
}

TEST(ShownUrl, is_short_and_valid_text) {
  EXPECT_LT(shown_url("https://host/" + std::string(100'000, 'x')).size(), 510U);
  EXPECT_EQ(shown_url("https://host/\xff"), "https://host/\xEF\xBF\xBD");
}
