#include "http1/url.hpp"

#include <gtest/gtest.h>

using namespace sentimark;

namespace {

std::string parsed(std::string_view text) {
  const auto url = http1::parse_url(text);
  return url ? url->text() : "error: " + url.error().what;
}

std::string resolved(std::string_view from, std::string_view reference) {
  const auto url = http1::resolve(*http1::parse_url(from), reference);
  return url ? url->text() : "error: " + url.error().what;
}

}  // namespace

TEST(HttpUrl, reads_what_hurl_files_hold) {
  EXPECT_EQ(parsed("http://H.example"), "http://h.example/");
  EXPECT_EQ(parsed("HTTPS://h:443/a?b=c#d"), "https://h/a?b=c");
  EXPECT_EQ(parsed("http://h:8080?x"), "http://h:8080/?x");
  EXPECT_EQ(parsed("http://[::1]:80/a/./b/../c"), "http://[::1]/a/c");
  EXPECT_EQ(parsed("http://h/../../a/.."), "http://h/");
  EXPECT_EQ(parsed("http://h//a//b/"), "http://h//a//b/");
  EXPECT_EQ(parsed("http://h/é?ü=%20"), "http://h/%C3%A9?%C3%BC=%20");
  const auto url = http1::parse_url("https://bob:p%40ss@h:1/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->user, "bob:p@ss");
  EXPECT_EQ(url->authority(), "h:1");
  EXPECT_EQ(url->text(), "https://h:1/");
}

TEST(HttpUrl, says_what_is_wrong) {
  EXPECT_EQ(parsed("ftp://h/"), "error: a URL begins with http:// or https://");
  EXPECT_EQ(parsed("h/"), "error: a URL begins with http:// or https://");
  EXPECT_EQ(parsed("http://"), "error: a URL needs a host");
  EXPECT_EQ(parsed("http://h:0/"), "error: a URL has the port '0'");
  EXPECT_EQ(parsed("http://h:65536/"), "error: a URL has the port '65536'");
  EXPECT_EQ(parsed("http://h:x/"), "error: a URL has the port 'x'");
  EXPECT_EQ(parsed("http://a b/"), "error: a URL holds a blank or a control character");
  EXPECT_EQ(parsed("http://h/\r\nX: y"), "error: a URL holds a blank or a control character");
  EXPECT_EQ(parsed("http://[::1/"), "error: a URL has an address without its closing bracket");
  EXPECT_EQ(parsed("http://[::1]x/"), "error: a URL has something behind its address that is no port");
  EXPECT_EQ(parsed("http://h\\i/"), "error: a URL has the host 'h\\i'");
}

// RFC 3986, section 5.4.1 and 5.4.2.
TEST(HttpUrl, resolves_as_the_rfc_shows) {
  const char* const base = "http://a/b/c/d;p?q";
  const std::pair<const char*, const char*> cases[] = {
      {"g", "http://a/b/c/g"},       {"./g", "http://a/b/c/g"},    {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},          {"//g", "http://g/"},         {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},   {"#s", "http://a/b/c/d;p?q"}, {"g#s", "http://a/b/c/g"},
      {";x", "http://a/b/c/;x"},     {"", "http://a/b/c/d;p?q"},   {".", "http://a/b/c/"},
      {"..", "http://a/b/"},         {"../g", "http://a/b/g"},     {"../..", "http://a/"},
      {"../../../g", "http://a/g"},  {"/./g", "http://a/g"},       {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},     {"..g", "http://a/b/c/..g"},  {"./../g", "http://a/b/g"},
      {"g/./h", "http://a/b/c/g/h"}, {"g/../h", "http://a/b/c/h"}, {"https://x:1/y", "https://x:1/y"}};
  for (const auto& [reference, expected] : cases) EXPECT_EQ(resolved(base, reference), expected) << reference;
  EXPECT_EQ(resolved(base, " /a b\xff "), "http://a/a%20b%FF");
  EXPECT_EQ(resolved(base, "ftp://x/"), "error: a URL begins with http:// or https://");
  EXPECT_EQ(resolved("https://u:p@h/", "/x"), "https://h/x");
}
