#include "runner/id_token.hpp"

#include <gtest/gtest.h>

#include "fake/sys.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using base::Outcome;
using test::has_kind;
using test::is_ok;

namespace {

struct Job {
  fake::FakeSys world;
  Job() {
    world.env.values = {{"ACTIONS_ID_TOKEN_REQUEST_URL", "https://github.example/token?v=1"},
                        {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "bearer-canary"}};
  }
  base::Result<base::Secret> ask() {
    sys::Sys sys = world.sys();
    return runner::id_token(sys, world.http, "api://Some Audience", world.clock.monotonic() + Millis{60'000});
  }
};

}  // namespace

TEST(IdToken, is_asked_for_with_the_audience_and_announced_as_a_secret) {
  Job job;
  job.world.http.when("GET", "/token", fake::FakeHttp::json(200, R"({"value":"token-canary","count":1})"));
  const auto token = job.ask();
  ASSERT_TRUE(is_ok(token));
  EXPECT_EQ(token->reveal(), "token-canary");
  ASSERT_EQ(job.world.http.requests.size(), 1U);
  const sys::Request& request = job.world.http.requests.front();
  EXPECT_EQ(request.url, "https://github.example/token?v=1&audience=api%3A%2F%2FSome%20Audience");
  EXPECT_EQ(request.headers.front(), (sys::Header{"Authorization", "bearer bearer-canary"}));
  EXPECT_LE(request.response_limit, 1U << 20U);
  EXPECT_EQ(job.world.announced, (std::vector<std::string>{"bearer-canary", "token-canary"}));
}

TEST(IdToken, works_with_an_address_that_has_no_query) {
  Job job;
  job.world.env.values["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://github.example/token";
  job.world.http.when("GET", "/token?audience=", fake::FakeHttp::json(200, R"({"value":"t0ken"})"));
  EXPECT_TRUE(is_ok(job.ask()));
}

TEST(IdToken, names_the_missing_permission) {
  for (const char* missing : {"ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"}) {
    Job job;
    job.world.env.values.erase(missing);
    const auto token = job.ask();
    ASSERT_TRUE(has_kind(token, Outcome::auth));
    EXPECT_NE(token.error().cure.find("id-token: write"), std::string::npos);
    EXPECT_TRUE(job.world.http.requests.empty());
  }
}

TEST(IdToken, refusals_are_told_apart_from_trouble) {
  struct Row {
    int status;
    const char* body;
    Outcome kind;
    std::size_t requests;
  };
  const Row rows[] = {
      {401, "{}", Outcome::auth, 1},
      {403, "{}", Outcome::auth, 1},
      {500, "{}", Outcome::remote, 5},
      {429, "{}", Outcome::remote, 5},
      {200, "not json", Outcome::remote, 1},
      {200, "{}", Outcome::remote, 1},
      {200, R"({"value":7})", Outcome::remote, 1},
      {200, R"({"value":""})", Outcome::remote, 1},
  };
  for (const Row& row : rows) {
    Job job;
    job.world.http.when("GET", "/token", fake::FakeHttp::json(row.status, row.body));
    const auto token = job.ask();
    EXPECT_TRUE(has_kind(token, row.kind)) << row.status << row.body;
    EXPECT_EQ(job.world.http.requests.size(), row.requests) << row.status;
  }
  Job unreachable;
  unreachable.world.http.when("GET", "/token", base::fail(Outcome::network, "no route", "", "connect"));
  const auto token = unreachable.ask();
  ASSERT_TRUE(has_kind(token, Outcome::network));
  EXPECT_NE(token.error().sentence().find("while asking GitHub for an id-token"), std::string::npos);
}

TEST(IdToken, is_asked_for_again_after_a_hiccup) {
  Job job;
  job.world.http.when("GET", "/token", fake::FakeHttp::json(503, "{}"));
  job.world.http.when("GET", "/token", fake::FakeHttp::json(200, R"({"value":"t0ken"})"));
  EXPECT_TRUE(is_ok(job.ask()));
  EXPECT_EQ(job.world.http.requests.size(), 2U);
}
