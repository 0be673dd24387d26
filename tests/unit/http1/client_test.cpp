#include "http1/client.hpp"

#include <gtest/gtest.h>

#include "fake/network.hpp"

using namespace sentimark;
using fake::Talk;

namespace {

struct HttpClient : testing::Test {
  fake::FakeClock clock;
  fake::FakeStop stop;
  fake::FakeNetwork network{clock};
  http1::Client client{network, clock, [] { return http1::Roots::none(); }, http1::Limits{}};

  base::Result<http1::Exchange> send(std::string method, std::string body = {}, std::string url = "http://h:81/p?q") {
    http1::Request request;
    request.method = std::move(method);
    request.url = *http1::parse_url(url);
    request.headers = {{"A", "b"}};
    request.body = std::move(body);
    http1::Way way;
    way.deadline = clock.monotonic() + base::Millis(5'000);
    return client.send(request, way, stop);
  }

  std::string code(std::string method = "GET") {
    const auto done = send(std::move(method));
    return done ? "ok" : done.error().code;
  }
};

const std::string k_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

TEST_F(HttpClient, sends_what_was_asked_and_tells_what_came) {
  network.answer(k_answer);
  const auto done = send("POST", "body");
  ASSERT_TRUE(done) << done.error().what;
  EXPECT_EQ(done->response.body, "ok");
  EXPECT_EQ(done->ip, "192.0.2.1");
  EXPECT_FALSE(done->certificate);
  EXPECT_EQ(network.connections[0]->received,
            "POST /p?q HTTP/1.1\r\nHost: h:81\r\nA: b\r\nContent-Length: 4\r\n\r\nbody");
  EXPECT_EQ(network.connections[0]->host, "h");
  EXPECT_EQ(network.connections[0]->port, 81);
}

TEST_F(HttpClient, tells_the_length_once_and_chunks_when_asked) {
  http1::Request request;
  request.method = "PUT";
  request.url = *http1::parse_url("http://h/");
  request.body = "0123456789abcdefg";
  request.headers = {{"Host", "other"}, {"Transfer-Encoding", "chunked"}, {"Empty", ""}};
  EXPECT_EQ(*http1::to_bytes(request),
            "PUT / HTTP/1.1\r\nHost: other\r\nTransfer-Encoding: "
            "chunked\r\nEmpty:\r\n\r\n11\r\n0123456789abcdefg\r\n0\r\n\r\n");
  request.headers = {{"content-length", "17"}};
  EXPECT_EQ(*http1::to_bytes(request), "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 17\r\n\r\n0123456789abcdefg");
  const std::vector<http1::Header> refused[] = {{{"Content-Length", "16"}},
                                                {{"Transfer-Encoding", "gzip"}},
                                                {{"Content-Length", "17"}, {"Transfer-Encoding", "chunked"}},
                                                {{"A\r\nB", "c"}},
                                                {{"A", "b\r\nC: d"}},
                                                {{"", "b"}}};
  for (const auto& headers : refused) {
    request.headers = headers;
    EXPECT_FALSE(http1::to_bytes(request)) << headers[0].first;
  }
  request.headers.clear();
  request.method = "GET /x HTTP/1.1\r\n";
  EXPECT_FALSE(http1::to_bytes(request));
}

TEST_F(HttpClient, uses_a_connection_again_for_get_and_head_alone) {
  network.talks.push_back(Talk{{}, Talk::Then::hangs, {k_answer, k_answer, k_answer}});
  network.answer(k_answer);
  EXPECT_TRUE(send("GET"));
  EXPECT_TRUE(send("GET"));
  EXPECT_EQ(network.connections.size(), 1U);
  EXPECT_TRUE(send("POST", "x"));
  EXPECT_EQ(network.connections.size(), 2U);
  EXPECT_TRUE(network.connections[0]->closed);
}

TEST_F(HttpClient, a_kept_connection_that_was_closed_or_speaks_unasked_is_left) {
  network.talks.push_back(Talk{{}, Talk::Then::ends, {k_answer}});
  network.talks.push_back(Talk{{}, Talk::Then::hangs, {k_answer + "HTTP/1.1 200 OK\r\n"}});
  network.answer("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(send("GET"));
  EXPECT_TRUE(send("GET"));
  const auto third = send("GET");
  ASSERT_TRUE(third);
  EXPECT_EQ(third->response.status, 201);
  EXPECT_EQ(network.connections.size(), 3U);
}

TEST_F(HttpClient, a_get_lost_on_a_kept_connection_is_sent_once_more) {
  // Idle when it is looked at, gone when it is written to.
  network.talks.push_back(Talk{{}, Talk::Then::resets, {k_answer, ""}});
  network.answer("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(send("GET"));
  const auto second = send("GET");
  ASSERT_TRUE(second) << second.error().what;
  EXPECT_EQ(second->response.status, 201);
  EXPECT_EQ(network.connections.size(), 2U);
}

TEST_F(HttpClient, every_way_to_fail_has_its_name) {
  EXPECT_EQ(code(), "refused");
  network.talks.push_back(Talk{{}, Talk::Then::resets, {""}});
  EXPECT_EQ(code(), "reset");
  network.answer("");
  EXPECT_EQ(code(), "truncated");
  network.answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  EXPECT_EQ(code(), "truncated");
  network.answer("garbage\r\n");
  EXPECT_EQ(code(), "not-http");
  network.talks.push_back(Talk{{}, Talk::Then::hangs, {""}});
  const base::Instant before = clock.monotonic();
  const auto silent = send("GET");
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().kind, base::Outcome::timeout);
  EXPECT_EQ(silent.error().what, "the server did not answer in time");
  EXPECT_EQ(clock.monotonic() - before, base::Millis(5'000));
  network.talks.push_back(Talk{{}, Talk::Then::hangs, {"HTTP/1.1 200 OK\r\n"}});
  EXPECT_EQ(send("GET").error().what, "the server's answer did not end in time");
}

TEST_F(HttpClient, a_stop_ends_the_wait) {
  network.talks.push_back(Talk{{}, Talk::Then::hangs, {""}});
  clock.plan(clock.monotonic() + base::Millis(10), [this] { stop.request(sys::StopKind::interrupt); });
  EXPECT_EQ(send("GET").error().kind, base::Outcome::interrupted);
}
