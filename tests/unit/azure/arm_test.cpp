#include "azure/arm.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "fake/sys.hpp"
#include "json/text.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using base::Outcome;
using fake::FakeHttp;
using test::has_kind;
using test::is_ok;

namespace {

constexpr const char* k_arm = "https://arm.example";
constexpr const char* k_path =
    "/subscriptions/sub%201/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks";
constexpr const char* k_location = "https://arm.example/subscriptions/s/commandResults/c0ffee?api-version=2025-10-01";

struct Azure {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  azure::Entra entra{
      sys, world.http, "https://login.example",
      "t", "c",        [this](base::Instant) { return base::Result<base::Secret>(sys.secrets.make("assertion")); }};
  azure::Arm arm{sys, world.http, entra, k_arm, "scope", {"sub 1", "rg", "aks"}, "2025-10-01"};

  Azure() {
    for (const char* token : {"token-1", "token-2", "token-3"})
      world.http.when("POST", "/oauth2/",
                      FakeHttp::json(200, std::string(R"({"access_token":")") + token + R"(","expires_in":3600})"));
  }
  base::Instant soon() { return world.clock.monotonic() + Millis{300'000}; }
  base::Result<azure::ManagedCluster> cluster() { return arm.cluster(soon()); }
  base::Result<azure::Started> start(const base::Secret& token = {}) {
    return arm.run_command("exec ./a", std::string("PK\0\1", 4), token, soon());
  }
  base::Result<azure::CommandState> result() { return arm.result({k_location, "c0ffee", Millis{0}}, soon()); }
  sys::Request sent(const std::string& method, const std::string& part) const {
    for (const sys::Request& request : world.http.requests) {
      if (request.method == method && request.url.find(part) != std::string::npos) return request;
    }
    return {};
  }
  std::size_t count(const std::string& method, const std::string& part) const { return world.http.count(method, part); }
};

std::string header(const sys::Request& request, std::string_view name) {
  return sys::Response{0, request.headers, {}}.header(name);
}

}  // namespace

TEST(Arm, reads_the_cluster) {
  struct Row {
    const char* properties;
    bool running;
    bool disabled;
    bool entra;
  };
  const Row rows[] = {
      {R"({"powerState":{"code":"Running"},"provisioningState":"Succeeded"})", true, false, false},
      {R"({"powerState":{"code":"Stopped"}})", false, false, false},
      {R"({"powerState":{"code":"running"}})", true, false, false},
      {"{}", true, false, false},
      {R"({"apiServerAccessProfile":{"disableRunCommand":true}})", true, true, false},
      {R"({"apiServerAccessProfile":{"disableRunCommand":null}})", true, false, false},
      {R"({"aadProfile":{"managed":true}})", true, false, true},
      {R"({"aadProfile":null})", true, false, false},
      {R"({"aadProfile":{}})", true, false, false},
  };
  for (const Row& row : rows) {
    Azure azure;
    azure.world.http.when("GET", k_path, FakeHttp::json(200, std::string(R"({"properties":)") + row.properties + "}"));
    const auto cluster = azure.cluster();
    ASSERT_TRUE(is_ok(cluster)) << row.properties;
    EXPECT_EQ(cluster->running, row.running) << row.properties;
    EXPECT_EQ(cluster->run_command_disabled, row.disabled) << row.properties;
    EXPECT_EQ(cluster->entra, row.entra) << row.properties;
  }
  Azure azure;
  azure.world.http.when("GET", k_path, FakeHttp::json(200, "{}"));
  ASSERT_TRUE(is_ok(azure.cluster()));
  const sys::Request request = azure.sent("GET", k_path);
  EXPECT_EQ(request.url, std::string(k_arm) + k_path + "?api-version=2025-10-01");
  EXPECT_EQ(header(request, "Authorization"), "Bearer token-1");
  EXPECT_EQ(header(request, "x-ms-correlation-request-id"), azure.arm.correlation_id());
  EXPECT_EQ(azure.arm.correlation_id().size(), 36U);
  EXPECT_NE(header(request, "x-ms-client-request-id"), azure.arm.correlation_id());
}

TEST(Arm, starts_a_command_with_its_context) {
  Azure azure;
  azure.world.http.when("POST", "/runCommand",
                        FakeHttp::json(202, "", {{"Location", k_location}, {"Retry-After", "0"}}));
  const auto started = azure.start(azure.sys.secrets.make("cluster-canary"));
  ASSERT_TRUE(is_ok(started));
  EXPECT_EQ(started->location, k_location);
  EXPECT_EQ(started->command_id, "c0ffee");
  EXPECT_EQ(started->retry_after, Millis{0});
  const sys::Request request = azure.sent("POST", "/runCommand");
  EXPECT_EQ(request.url, std::string(k_arm) + k_path + "/runCommand?api-version=2025-10-01");
  const auto body = json::parse(request.body);
  ASSERT_TRUE(is_ok(body));
  EXPECT_EQ((*body)["command"].string_or_empty(), "exec ./a");
  EXPECT_EQ((*body)["context"].string_or_empty(), base::to_base64(std::string_view("PK\0\1", 4)));
  EXPECT_EQ((*body)["clusterToken"].string_or_empty(), "cluster-canary");
  EXPECT_GT(request.timeout, Millis{60'000});  // the service itself takes up to a minute

  Azure plain;
  plain.world.http.when("POST", "/runCommand", FakeHttp::json(202, "", {{"location", k_location}}));
  const auto other = plain.start();
  ASSERT_TRUE(is_ok(other));
  EXPECT_EQ(other->retry_after, Millis{-1});
  const auto lean = json::parse(plain.sent("POST", "/runCommand").body);
  ASSERT_TRUE(is_ok(lean));
  EXPECT_FALSE(lean->has("clusterToken"));
}

// The heart of "never twice": what may have started is looked for, what cannot have is sent again.
TEST(Arm, never_repeats_a_post_that_may_have_arrived) {
  using Reply = FakeHttp::Reply;
  struct Row {
    const char* what;
    Reply reply;
    Outcome kind;
    const char* code;
    std::size_t posts;
  };
  const Row rows[] = {
      {"504", FakeHttp::json(504, "{}"), Outcome::unknown, "ambiguous", 1},
      {"502", FakeHttp::json(502, "{}"), Outcome::unknown, "ambiguous", 1},
      {"500", FakeHttp::json(500, "{}"), Outcome::unknown, "ambiguous", 1},
      {"503", FakeHttp::json(503, "{}"), Outcome::unknown, "ambiguous", 1},
      {"turned away", FakeHttp::json(503, "{}", {{"Retry-After", "1"}}), Outcome::remote, "http-503", 5},
      {"408", FakeHttp::json(408, "{}"), Outcome::unknown, "ambiguous", 1},
      {"reset", base::fail(Outcome::network, "reset", "", "lost"), Outcome::unknown, "ambiguous", 1},
      {"silence", base::fail(Outcome::timeout, "no answer", "", "lost"), Outcome::unknown, "ambiguous", 1},
      {"no connection", base::fail(Outcome::network, "refused", "", "connect"), Outcome::network, "connect", 5},
      {"no connection in time", base::fail(Outcome::timeout, "slow", "", "connect"), Outcome::timeout, "connect", 5},
      {"told to stop before", base::fail(Outcome::interrupted, "stop", "", "connect"), Outcome::interrupted, "detached",
       1},
      {"throttled", FakeHttp::json(429, R"({"error":{"code":"Throttled"}})", {{"Retry-After", "1"}}), Outcome::network,
       "Throttled", 5},
      {"413", FakeHttp::json(413, "{}"), Outcome::remote, "too-large", 1},
      {"400", FakeHttp::json(400, R"({"error":{"code":"BadRequest","message":"m"}})"), Outcome::remote, "BadRequest",
       1},
      {"403", FakeHttp::json(403, R"({"error":{"code":"AuthorizationFailed"}})"), Outcome::auth, "AuthorizationFailed",
       1},
  };
  for (const Row& row : rows) {
    Azure azure;
    azure.world.http.when("POST", "/runCommand", row.reply);
    const auto started = azure.start();
    ASSERT_TRUE(has_kind(started, row.kind)) << row.what;
    EXPECT_EQ(started.error().code, row.code) << row.what;
    EXPECT_EQ(azure.count("POST", "/runCommand"), row.posts) << row.what;
  }
}

TEST(Arm, sends_its_token_nowhere_else) {
  for (const char* location :
       {"", "/relative/commandResults/1", "https://evil.example/commandResults/1",
        "http://arm.example/commandResults/1", "https://arm.example.evil.example/commandResults/1",
        "https://arm.example@evil.example/commandResults/1", "https://arm.example?@evil.example/commandResults/1",
        "https://arm.example:444/commandResults/1", "https://arm.example/operations/1",
        "https://arm.example/commandResults/?x"}) {
    Azure azure;
    azure.world.http.when("POST", "/runCommand", FakeHttp::json(202, "", {{"Location", location}}));
    const auto started = azure.start();
    ASSERT_TRUE(has_kind(started, Outcome::unknown)) << location;
    EXPECT_EQ(started.error().code, "ambiguous") << location;
    EXPECT_EQ(azure.count("GET", "commandResults"), 0U);
  }
}

TEST(Arm, reads_a_result) {
  struct Row {
    const char* body;
    bool ended;
    bool succeeded;
    int exit_code;
  };
  const Row rows[] = {
      {R"({"properties":{"provisioningState":"Succeeded","exitCode":0,"logs":"hello"}})", true, true, 0},
      {R"({"properties":{"provisioningState":"succeeded","exitCode":7,"logs":"hello"}})", true, true, 7},
      {R"({"properties":{"provisioningState":"Succeeded","logs":"hello"}})", true, true, -1},
      {R"({"properties":{"provisioningState":"Succeeded","exitCode":null,"logs":"hello"}})", true, true, -1},
      {R"({"properties":{"provisioningState":"Succeeded","exitCode":99999999999,"logs":"hello"}})", true, true, 255},
      {R"({"properties":{"provisioningState":"failed","reason":"PodLost"}})", true, false, -1},
      {R"({"properties":{"provisioningState":"CANCELED"}})", true, false, -1},
      {R"({"properties":{"provisioningState":"Running"}})", false, false, -1},
      {R"({"properties":{}})", false, false, -1},
      {"{}", false, false, -1},
  };
  for (const Row& row : rows) {
    Azure azure;
    azure.world.http.when("GET", "commandResults", FakeHttp::json(200, row.body));
    const auto state = azure.result();
    ASSERT_TRUE(is_ok(state)) << row.body;
    EXPECT_EQ(state->ended, row.ended) << row.body;
    EXPECT_EQ(state->succeeded, row.succeeded) << row.body;
    EXPECT_EQ(state->exit_code, row.exit_code) << row.body;
    EXPECT_EQ(state->logs, row.succeeded ? "hello" : "");
  }
  Azure failed;
  failed.world.http.when("GET", "commandResults", FakeHttp::json(200, rows[5].body));
  EXPECT_EQ(failed.result()->reason, "PodLost");
}

TEST(Arm, keeps_the_wish_of_the_service_when_to_look_again) {
  const std::pair<const char*, std::int64_t> rows[] = {
      {"3", 3'000}, {"0", 0}, {"", 0}, {"soon", 0}, {"99999999999", 600'000}, {"-1", 0}};
  for (const auto& [text, millis] : rows) {
    Azure azure;
    azure.world.http.when("GET", "commandResults", FakeHttp::json(202, "", {{"Retry-After", text}}));
    const auto state = azure.result();
    ASSERT_TRUE(is_ok(state)) << text;
    EXPECT_FALSE(state->ended);
    EXPECT_EQ(state->retry_after, Millis{millis}) << text;
  }
}

TEST(Arm, asks_for_a_result_again_after_a_hiccup) {
  Azure azure;
  azure.world.http.when("GET", "commandResults", FakeHttp::json(500, "{}"));
  azure.world.http.when("GET", "commandResults", base::fail(Outcome::network, "reset", "", "lost"));
  azure.world.http.when("GET", "commandResults", FakeHttp::json(202, ""));
  EXPECT_TRUE(is_ok(azure.result()));
  EXPECT_EQ(azure.count("GET", "commandResults"), 3U);
}

TEST(Arm, replaces_a_token_that_the_service_holds_for_expired_once) {
  Azure azure;
  const auto expired = FakeHttp::json(401, R"({"error":{"code":"ExpiredAuthenticationToken"}})");
  azure.world.http.when("POST", "/runCommand", expired);
  azure.world.http.when("POST", "/runCommand", FakeHttp::json(202, "", {{"Location", k_location}}));
  ASSERT_TRUE(is_ok(azure.start()));
  EXPECT_EQ(azure.count("POST", "/oauth2/"), 2U);
  EXPECT_EQ(header(azure.world.http.requests.back(), "Authorization"), "Bearer token-2");

  Azure stubborn;
  stubborn.world.http.when("GET", k_path, expired);
  const auto cluster = stubborn.cluster();
  ASSERT_TRUE(has_kind(cluster, Outcome::auth));
  EXPECT_EQ(stubborn.count("GET", k_path), 2U);
  EXPECT_EQ(stubborn.count("POST", "/oauth2/"), 2U);

  Azure other;
  other.world.http.when("GET", k_path, FakeHttp::json(401, R"({"error":{"code":"InvalidAuthenticationToken"}})"));
  ASSERT_TRUE(has_kind(other.cluster(), Outcome::auth));
  EXPECT_EQ(other.count("GET", k_path), 1U);
}

TEST(Arm, bears_bodies_that_are_no_json) {
  Azure azure;
  azure.world.http.when("GET", k_path, FakeHttp::json(200, "<html>"));
  EXPECT_FALSE(azure.cluster().ok());
  Azure late;
  late.world.http.when("GET", "commandResults", FakeHttp::json(200, std::string(1'000, '[')));
  EXPECT_FALSE(late.result().ok());
}
