#include "net/retry.hpp"

#include <gtest/gtest.h>

#include "fake/sys.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using base::Outcome;

namespace {

using Answer = base::Result<sys::Response>;

Answer status(int code, std::vector<sys::Header> headers = {}) { return fake::FakeHttp::json(code, "{}", headers); }
Answer error(Outcome kind, const char* code = "") { return base::fail(kind, "it broke", "", code); }
Answer after(int code, const char* seconds) { return status(code, {{"retry-after", seconds}}); }

const net::RetryPolicy k_repeatable{};
const net::RetryPolicy k_once{5, Millis{500}, Millis{30'000}, false};

constexpr std::uint64_t k_most = ~std::uint64_t{0} - 1;

}  // namespace

TEST(WaitBeforeRetry, knows_what_is_worth_repeating) {
  struct Row {
    const char* what;
    Answer answer;
    bool repeatable;  // by a request that may be repeated
    bool once;        // by one that must not be when it was perhaps received
  };
  const Row rows[] = {
      {"200", status(200), false, false},
      {"202", after(202, "5"), false, false},
      {"302", status(302), false, false},
      {"400", status(400), false, false},
      {"401", status(401), false, false},
      {"403", status(403), false, false},
      {"404", status(404), false, false},
      {"407", status(407), false, false},
      {"408", status(408), true, false},
      {"409", after(409, "1"), false, false},
      {"410", status(410), false, false},
      {"413", after(413, "1"), false, false},
      {"429", status(429), true, true},
      {"500", status(500), true, false},
      {"501", status(501), false, false},
      {"502", status(502), true, false},
      {"503", status(503), true, false},
      {"503 that names a time", after(503, "2"), true, true},
      {"503 that names no time we read", after(503, "Wed, 21 Oct 2026 07:28:00 GMT"), true, false},
      {"504", after(504, "2"), true, false},
      {"connect", error(Outcome::network, "connect"), true, true},
      {"lost", error(Outcome::network, "lost"), true, false},
      {"connect timeout", error(Outcome::timeout, "connect"), true, true},
      {"timeout", error(Outcome::timeout, "lost"), true, false},
      {"interrupted", error(Outcome::interrupted, "connect"), false, false},
      {"too large", error(Outcome::remote, "too-large"), false, false},
      {"usage", error(Outcome::usage), false, false},
      {"internal", error(Outcome::internal, "connect"), false, false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(net::wait_before_retry(k_repeatable, 1, row.answer, 0).has_value(), row.repeatable) << row.what;
    EXPECT_EQ(net::wait_before_retry(k_once, 1, row.answer, 0).has_value(), row.once) << row.what;
  }
}

TEST(WaitBeforeRetry, doubles_to_the_longest_with_half_of_it_jitter) {
  const net::RetryPolicy policy{100, Millis{500}, Millis{3'000}, true};
  const int whole[] = {500, 1000, 2000, 3000, 3000, 3000};
  for (int tries = 1; tries <= 6; ++tries) {
    const int expected = whole[tries - 1];
    EXPECT_EQ(net::wait_before_retry(policy, tries, status(500), 0), Millis{expected / 2}) << tries;
    EXPECT_EQ(net::wait_before_retry(policy, tries, status(500), static_cast<std::uint64_t>(expected / 2)),
              Millis{expected});
    const Millis any = *net::wait_before_retry(policy, tries, status(500), k_most);
    EXPECT_GE(any, Millis{expected / 2});
    EXPECT_LE(any, Millis{expected});
  }
  EXPECT_LE(*net::wait_before_retry(policy, 99, status(500), k_most), Millis{3'000});
}

TEST(WaitBeforeRetry, is_never_longer_than_the_longest_even_at_first) {
  const net::RetryPolicy policy{3, Millis{9'000}, Millis{1'000}, true};
  EXPECT_LE(*net::wait_before_retry(policy, 1, status(500), k_most), Millis{1'000});
}

TEST(WaitBeforeRetry, takes_retry_after_as_a_floor_with_jitter_on_top) {
  struct Row {
    const char* header;
    Millis least;
    Millis most;
  };
  const Row rows[] = {
      {"7", Millis{7'000}, Millis{7'250}},       {" 7 ", Millis{7'000}, Millis{7'250}},
      {"0", Millis{250}, Millis{500}},  // our own back-off remains
      {"120", Millis{120'000}, Millis{120'250}}, {"99999999999999999", Millis{604'800'000}, Millis{604'800'250}},
      {"-1", Millis{250}, Millis{500}},          {"1.5", Millis{250}, Millis{500}},
      {"soon", Millis{250}, Millis{500}},        {"", Millis{250}, Millis{500}},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(net::wait_before_retry(k_repeatable, 1, after(429, row.header), 0), row.least) << row.header;
    EXPECT_EQ(net::wait_before_retry(k_repeatable, 1, after(429, row.header), 250), row.most) << row.header;
  }
}

TEST(WaitBeforeRetry, ends_with_the_tries) {
  EXPECT_TRUE(net::wait_before_retry(k_repeatable, 4, status(500), 0));
  EXPECT_FALSE(net::wait_before_retry(k_repeatable, 5, status(500), 0));
  EXPECT_FALSE(net::wait_before_retry(net::RetryPolicy{1}, 1, status(500), 0));
}

namespace {

struct SendWithRetry : testing::Test {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  base::Instant start = world.clock.monotonic();

  Answer send(Millis until = Millis{600'000}, const net::RetryPolicy& policy = {}) {
    sys::Request request;
    request.method = "POST";
    request.url = "https://host/path?sig=canary";
    request.body = "body";
    return net::send_with_retry(sys, world.http, request, policy, start + until);
  }
};

}  // namespace

TEST_F(SendWithRetry, sends_the_same_request_until_it_is_answered) {
  world.http.when("POST", "/path", after(429, "3"));
  world.http.when("POST", "/path", error(Outcome::network, "lost"));
  world.http.when("POST", "/path", status(200));
  const Answer answer = send();
  ASSERT_TRUE(test::is_ok(answer));
  EXPECT_EQ(answer->status, 200);
  ASSERT_EQ(world.http.requests.size(), 3U);
  for (const sys::Request& request : world.http.requests) EXPECT_EQ(request.body, "body");
  EXPECT_GE(world.clock.monotonic() - start, Millis{3'500});
  EXPECT_LE(world.clock.monotonic() - start, Millis{4'250});
}

TEST_F(SendWithRetry, says_each_retry_and_no_secret) {
  world.http.when("POST", "/path", status(503));
  world.http.when("POST", "/path", error(Outcome::network, "connect"));
  world.http.when("POST", "/path", status(200));
  ASSERT_TRUE(test::is_ok(send()));
  ASSERT_EQ(world.log.lines.size(), 2U);
  EXPECT_TRUE(world.log.said("POST https://host/path: the server answered 503; sending again in "));
  EXPECT_TRUE(world.log.said("(try 2 of 5)"));
  EXPECT_TRUE(world.log.said("it broke; sending again in "));
  EXPECT_FALSE(world.log.said("canary"));
}

TEST_F(SendWithRetry, returns_the_last_answer_when_the_tries_are_used_up) {
  world.http.when("POST", "/path", status(503));
  const Answer answer = send();
  ASSERT_TRUE(test::is_ok(answer));
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(world.http.requests.size(), 5U);
  EXPECT_EQ(world.log.lines.size(), 4U);
}

TEST_F(SendWithRetry, does_not_repeat_what_may_have_been_received) {
  world.http.when("POST", "/path", error(Outcome::network, "lost"));
  EXPECT_TRUE(test::has_kind(send(Millis{600'000}, k_once), Outcome::network));
  EXPECT_EQ(world.http.requests.size(), 1U);
}

TEST_F(SendWithRetry, stops_when_the_next_wait_would_pass_the_deadline) {
  world.http.when("POST", "/path", after(429, "60"));
  const Answer answer = send(Millis{60'000});
  ASSERT_TRUE(test::is_ok(answer));
  EXPECT_EQ(answer->status, 429);
  EXPECT_EQ(world.http.requests.size(), 1U);
  EXPECT_EQ(world.clock.monotonic(), start);
  EXPECT_TRUE(world.log.said("after the deadline"));
}

TEST_F(SendWithRetry, gives_no_try_more_time_than_is_left) {
  world.http.when("POST", "/path", status(500), Millis{8'000});
  (void)send(Millis{20'000});
  ASSERT_GE(world.http.requests.size(), 2U);
  EXPECT_EQ(world.http.requests[0].timeout, Millis{20'000});
  EXPECT_LT(world.http.requests[1].timeout, Millis{12'000});
}

TEST_F(SendWithRetry, sends_nothing_after_the_deadline) {
  const Answer answer = send(Millis{0});
  EXPECT_TRUE(test::has_kind(answer, Outcome::timeout));
  EXPECT_EQ(answer.error().code, "connect");
  EXPECT_TRUE(world.http.requests.empty());
}

TEST_F(SendWithRetry, a_stop_ends_the_wait) {
  world.http.when("POST", "/path", after(503, "100"));
  world.clock.plan(start + Millis{2'000}, [this] { world.stop.request(sys::StopKind::interrupt); });
  EXPECT_TRUE(test::has_kind(send(), Outcome::interrupted));
  EXPECT_EQ(world.http.requests.size(), 1U);
  EXPECT_EQ(world.clock.monotonic() - start, Millis{2'000});
}
