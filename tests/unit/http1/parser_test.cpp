// What a server may answer, and everything that it may not: tables of bytes.
#include "http1/parser.hpp"

#include <gtest/gtest.h>

using namespace sentimark;

namespace {

struct Read {
  bool ok = false;
  std::string code;
  std::string what;
  http1::Response response;
  bool keeps_alive = false;
  std::size_t taken = 0;
};

// Fed whole, or byte by byte; then the server closes.
Read read(std::string_view bytes, bool to_head = false, std::size_t step = std::string_view::npos,
          http1::Limits limits = {}) {
  http1::ResponseParser parser(to_head, limits);
  Read result;
  const auto failed = [&result](const base::Error& error) {
    EXPECT_EQ(error.kind, base::Outcome::remote);
    result.code = error.code;
    result.what = error.what;
    return result;
  };
  while (result.taken < bytes.size() && !parser.complete()) {
    const auto taken = parser.feed(bytes.substr(result.taken, step));
    if (!taken) return failed(taken.error());
    result.taken += *taken;
  }
  const base::Done ended = parser.end();
  if (!ended) return failed(ended.error());
  result.ok = true;
  result.keeps_alive = parser.keeps_alive();
  result.response = parser.take();
  return result;
}

std::string code_of(std::string_view bytes) {
  const Read whole = read(bytes);
  const Read slow = read(bytes, false, 1);
  EXPECT_EQ(whole.code, slow.code) << bytes;
  return whole.ok ? "ok" : whole.code;
}

const std::string k_ok = "HTTP/1.1 200 OK\r\n";

}  // namespace

TEST(HttpParser, reads_a_counted_body_and_leaves_what_follows) {
  const std::string next = "HTTP/1.1";
  const std::string bytes = k_ok + "Content-Length: 5\r\nX-A:  b c \t\r\nx-a:\r\n\r\nhello" + next;
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::string_view::npos}) {
    const Read one = read(bytes, false, step);
    ASSERT_TRUE(one.ok) << one.what;
    EXPECT_EQ(one.response.version, "1.1");
    EXPECT_EQ(one.response.status, 200);
    EXPECT_EQ(one.response.body, "hello");
    EXPECT_EQ(one.response.headers, (std::vector<http1::Header>{{"Content-Length", "5"}, {"X-A", "b c"}, {"x-a", ""}}));
    EXPECT_TRUE(one.keeps_alive);
    EXPECT_EQ(one.taken, bytes.size() - next.size());
  }
}

TEST(HttpParser, reads_chunks_with_extensions_and_trailers) {
  for (const std::size_t step : {std::size_t{1}, std::string_view::npos}) {
    const Read one =
        read(k_ok + "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n00a\r\n, world!!!\r\n0\r\nX: y\r\n\r\n", false,
             step);
    ASSERT_TRUE(one.ok) << one.what;
    EXPECT_EQ(one.response.body, "hello, world!!!");
    EXPECT_EQ(one.response.headers.size(), 1U);
    EXPECT_TRUE(one.keeps_alive);
  }
}

TEST(HttpParser, a_body_without_length_ends_with_the_connection) {
  const Read one = read("HTTP/1.0 404 Not Found\r\nContent-Type: text/plain\r\n\r\nall of it");
  EXPECT_EQ(one.response.body, "all of it");
  EXPECT_EQ(one.response.version, "1.0");
  EXPECT_FALSE(one.keeps_alive);
}

TEST(HttpParser, some_answers_have_no_body_whatever_they_say) {
  EXPECT_EQ(read("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n").response.status, 204);
  EXPECT_EQ(read("HTTP/1.1 304 Not Modified\r\n\r\n").response.status, 304);
  const Read head = read(k_ok + "Content-Length: 5\r\n\r\n", true);
  EXPECT_TRUE(head.ok && head.keeps_alive) << head.what;
  EXPECT_TRUE(read(k_ok + "Transfer-Encoding: chunked\r\n\r\n", true).ok);
  EXPECT_TRUE(read(k_ok + "Content-Length: 0\r\n\r\n").keeps_alive);
}

TEST(HttpParser, interim_answers_are_passed_over_but_not_for_ever) {
  const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  const Read one = read("HTTP/1.1 100 Continue\r\n\r\n" + interim + k_ok + "Content-Length: 1\r\n\r\nx");
  EXPECT_EQ(one.response.status, 200);
  EXPECT_EQ(one.response.headers.size(), 1U);
  std::string many;
  for (int i = 0; i < 17; ++i) many += interim;
  EXPECT_EQ(code_of(many), "bad-message");
  EXPECT_EQ(code_of("HTTP/1.1 101 Switching Protocols\r\n\r\n"), "bad-message");
}

TEST(HttpParser, what_is_not_http_is_named) {
  for (const char* bytes :
       {"SSH-2.0-OpenSSH\r\n", "<html>\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 099 Low\r\n\r\n", "http/1.1 200 OK\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\n\r\n", "220 ready\r\n", "HTTP/1.1\r\n\r\n"}) {
    EXPECT_EQ(code_of(bytes), "not-http") << bytes;
  }
  EXPECT_EQ(code_of(std::string("\0\0\x12\4\0\0\0\0\0\0\3\0\0\0\x64", 15)), "http2-only");
  EXPECT_EQ(read("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n").response.status, 200);
  EXPECT_EQ(read("HTTP/1.1 999 Odd\nContent-Length: 0\n\n").response.status, 999);
}

// Messages that two readers would end at two different places.
TEST(HttpParser, what_could_be_read_in_two_ways_is_refused) {
  for (const char* headers : {"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
                              "Content-Length: 5, 6\r\n\r\nhello!",
                              "Content-Length: +5\r\n\r\nhello",
                              "Content-Length: 5 5\r\n\r\nhello",
                              "Content-Length: 0x5\r\n\r\nhello",
                              "Content-Length:\r\n\r\n",
                              "Content-Length: -1\r\n\r\n",
                              "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                              "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                              "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                              "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                              "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                              "A : b\r\n\r\n",
                              " A: b\r\n\r\n",
                              "A: b\r\n c\r\n\r\n",
                              "A\r\n\r\n",
                              ": b\r\n\r\n",
                              "A: b\x01\r\n\r\n",
                              "A: b\rc\r\n\r\n",
                              "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
                              "Transfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n",
                              "Transfer-Encoding: chunked\r\n\r\n5 5\r\nhello\r\n0\r\n\r\n",
                              "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n",
                              "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n",
                              "Transfer-Encoding: chunked\r\n\r\n\r\n",
                              "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"}) {
    EXPECT_EQ(code_of(k_ok + headers), "bad-message") << headers;
  }
  EXPECT_EQ(code_of("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "bad-message");
  EXPECT_EQ(code_of(k_ok + "Content-Length: 5, 5\r\nContent-Length: 5\r\n\r\nhello"), "ok");
}

TEST(HttpParser, an_answer_that_breaks_off_is_named_and_counted) {
  EXPECT_EQ(code_of(""), "truncated");
  EXPECT_EQ(code_of("HTTP/1.1 200 OK\r\nA: b"), "truncated");
  EXPECT_EQ(code_of(k_ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"), "truncated");
  EXPECT_EQ(code_of(k_ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), "truncated");
  EXPECT_EQ(code_of(k_ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n"), "truncated");
  const Read one = read(k_ok + "Content-Length: 10\r\n\r\nhello");
  EXPECT_EQ(one.code, "truncated");
  EXPECT_EQ(one.what, "the server's answer broke off: 5 bytes short of its Content-Length");
}

TEST(HttpParser, nothing_grows_beyond_its_limit) {
  const http1::Limits small{100, 3, 10, 2};
  const auto code = [&](const std::string& bytes) { return read(bytes, false, 7, small).code; };
  EXPECT_EQ(code(std::string(200, 'H')), "not-http");
  EXPECT_EQ(code("HTTP/1.1 200 " + std::string(200, 'a')), "too-large");
  EXPECT_EQ(code(k_ok + std::string(200, 'a')), "too-large");
  EXPECT_EQ(code(k_ok + "a:\r\na:\r\na:\r\na:\r\n\r\n"), "too-large");
  EXPECT_EQ(code(k_ok + "Content-Length: 11\r\n\r\n"), "too-large");
  EXPECT_EQ(code(k_ok + "Content-Length: 99999999999999999999\r\n\r\n"), "too-large");
  EXPECT_EQ(code(k_ok + "\r\n" + std::string(11, 'b')), "too-large");
  EXPECT_EQ(code(k_ok + "Transfer-Encoding: chunked\r\n\r\n6\r\nhello!\r\n6\r\nhello!\r\n"), "too-large");
  EXPECT_EQ(code(k_ok + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(200, 'e')), "too-large");
  std::string extended = k_ok + "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 10; ++i) extended += "1;0123456789\r\nb\r\n";
  EXPECT_EQ(code(extended), "too-large");
  EXPECT_EQ(code(k_ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + std::string(200, 't')), "too-large");
  std::string chunks = k_ok + "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 10; ++i) chunks += "1\r\nb\r\n";
  EXPECT_EQ(read(chunks + "0\r\n\r\n", false, 7, http1::Limits{60, 3, 10, 2}).response.body, "bbbbbbbbbb");
}
