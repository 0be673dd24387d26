#include "hurl/cookie_jar.hpp"

#include <gtest/gtest.h>

using namespace sentimark;

namespace {

constexpr base::WallTime k_now{base::Millis{1'767'323'045'000}};  // 2026-01-02T03:04:05Z

struct Case {
  const char* from;
  const char* header;
  const char* to;
  const char* sent;
};

std::string told(const Case& one) {
  hurl::CookieJar jar;
  jar.set(one.header, *http1::parse_url(one.from), k_now);
  return jar.header_for(*http1::parse_url(one.to), k_now);
}

}  // namespace

TEST(HurlCookieJar, tells_a_cookie_only_to_whom_it_belongs) {
  const Case cases[] = {
      {"http://a.example/x/y", "n=v", "http://a.example/x/z", "n=v"},
      {"http://a.example/x/y", "n=v", "http://a.example/x", "n=v"},
      {"http://a.example/x/y", "n=v", "http://a.example/xy", ""},
      {"http://a.example/x/y", "n=v", "http://b.example/x/y", ""},
      {"http://a.example/", "n=v", "http://sub.a.example/", ""},
      {"http://a.example/x", "n=v; Path=/", "http://a.example:81/z", "n=v"},
      {"http://a.example/", "n=v; Domain=.example.org", "http://a.example/", ""},
      {"http://a.example/", "n=v; Domain=example", "http://b.example/", ""},
      {"http://x.a.example/", "n=v; domain=.A.example", "http://y.a.example/", "n=v"},
      {"http://127.0.0.1/", "n=v; Domain=0.0.1", "http://127.0.0.1/", ""},
      {"http://localhost/", "n=v; Domain=localhost", "http://localhost/", "n=v"},
      {"https://a.example/", "n=v; Secure", "https://a.example/", "n=v"},
      {"https://a.example/", "n=v; Secure", "http://a.example/", ""},
      {"http://a.example/", "n=v; Secure", "https://a.example/", ""},
      {"http://localhost/", "n=v; Secure", "http://localhost/", "n=v"},
      {"http://a.example/", "n=v; Max-Age=1", "http://a.example/", "n=v"},
      {"http://a.example/", "n=v; Max-Age=0", "http://a.example/", ""},
      {"http://a.example/", "n=v; Max-Age=-1", "http://a.example/", ""},
      {"http://a.example/", "n=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "http://a.example/", ""},
      {"http://a.example/", "n=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=9", "http://a.example/", "n=v"},
      {"http://a.example/", "n=v; Expires=Wed, 13-Jan-2038 22:23:01 GMT", "http://a.example/", "n=v"},
      {"http://a.example/", "  n = a=b \"c\" ; HttpOnly", "http://a.example/", "n=a=b \"c\""},
      {"http://a.example/", "n=", "http://a.example/", "n="},
      {"http://a.example/", "no cookie", "http://a.example/", ""},
      {"http://a.example/", "=v", "http://a.example/", ""},
      {"http://a.example/", "__Secure-n=v", "http://a.example/", ""},
      {"https://a.example/x/", "__Host-n=v; Secure", "https://a.example/x/", ""},
      {"https://a.example/x", "__Host-n=v; Secure; Path=/", "https://a.example/", "__Host-n=v"},
  };
  for (const Case& one : cases) EXPECT_EQ(told(one), one.sent) << one.from << " " << one.header << " -> " << one.to;
}

TEST(HurlCookieJar, a_newer_one_takes_the_place_of_its_like_and_the_longest_path_comes_first) {
  const http1::Url url = *http1::parse_url("http://h/a/b/c");
  hurl::CookieJar jar;
  for (const char* header : {"x=1; Path=/", "y=2; Path=/", "z=3; Path=/a/b", "x=4; Path=/", "w=5; Path=/q"})
    jar.set(header, url, k_now);
  EXPECT_EQ(jar.header_for(url, k_now), "z=3; x=4; y=2");
  jar.set("y=; Path=/; Max-Age=0", url, k_now);
  EXPECT_EQ(jar.header_for(url, k_now), "z=3; x=4");
}

TEST(HurlCookieJar, stays_small) {
  const http1::Url url = *http1::parse_url("http://h/");
  hurl::CookieJar jar;
  jar.set("big=" + std::string(9'000, 'x'), url, k_now);
  EXPECT_EQ(jar.header_for(url, k_now), "");
  for (int i = 0; i < 1'100; ++i) jar.set("c" + std::to_string(i) + "=v", url, k_now);
  const std::string all = jar.header_for(url, k_now);
  EXPECT_EQ(static_cast<int>(std::count(all.begin(), all.end(), '=')), 1'000);
  EXPECT_TRUE(all.starts_with("c100=v; ")) << all.substr(0, 40);
}
