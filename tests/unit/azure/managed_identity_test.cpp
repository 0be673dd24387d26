// deploy.md section 4.3: the endpoint of a container, and the metadata service of a virtual machine.
#include "azure/managed_identity.hpp"

#include <gtest/gtest.h>

#include "fake/sys.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using base::Outcome;
using fake::FakeHttp;
using test::has_kind;
using test::is_ok;

namespace {

constexpr const char* k_scope = "https://management.azure.com/.default";
constexpr const char* k_good = R"({"access_token":"t-canary","expires_in":"1000","expires_on":"1","resource":"r"})";

struct Machine {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  base::Result<azure::Token> ask(const std::string& client = "c1") {
    azure::Entra entra(sys, azure::managed_identity(sys, world.http, client));
    return entra.token(k_scope, world.clock.monotonic() + Millis{60'000});
  }
  const sys::Request& first() const { return world.http.requests.front(); }
};

}  // namespace

TEST(ManagedIdentity, of_a_virtual_machine_is_asked_of_the_metadata_service) {
  Machine machine;
  machine.world.http.when("GET", "169.254.169.254", FakeHttp::json(200, k_good));
  const base::Instant now = machine.world.clock.monotonic();
  const auto token = machine.ask();
  ASSERT_TRUE(is_ok(token));
  EXPECT_EQ(token->text.reveal(), "t-canary");
  EXPECT_EQ(token->expires_at - now, Millis{1'000'000});
  EXPECT_EQ(machine.first().url,
            "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
            "&resource=https%3A%2F%2Fmanagement.azure.com&client_id=c1");
  EXPECT_EQ(machine.first().headers, (std::vector<sys::Header>{{"Metadata", "true"}}));
  EXPECT_EQ(machine.first().timeout, Millis{1'000});
  EXPECT_EQ(machine.world.http.requests.size(), 1U);
}

TEST(ManagedIdentity, of_a_container_is_asked_of_its_endpoint) {
  Machine machine;
  machine.world.env.values = {{"IDENTITY_ENDPOINT", "http://localhost:4141/msi/token"},
                              {"IDENTITY_HEADER", "h-canary"}};
  const std::int64_t end = machine.world.clock.wall().since_epoch.count() / 1'000 + 500;
  machine.world.http.when("GET", "localhost:4141",
                          FakeHttp::json(200, R"({"access_token":"t","expires_on":")" + std::to_string(end) + "\"}"));
  const base::Instant now = machine.world.clock.monotonic();
  const auto token = machine.ask("");
  ASSERT_TRUE(is_ok(token));
  EXPECT_EQ(token->expires_at - now, Millis{500'000});
  EXPECT_EQ(machine.first().url,
            "http://localhost:4141/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fmanagement.azure.com");
  EXPECT_EQ(machine.first().headers, (std::vector<sys::Header>{{"X-IDENTITY-HEADER", "h-canary"}}));
  const auto& masked = machine.world.announced;
  EXPECT_NE(std::find(masked.begin(), masked.end(), "h-canary"), masked.end());
}

TEST(ManagedIdentity, is_asked_again_while_its_service_is_updated) {
  Machine machine;
  for (const int status : {404, 410, 200})
    machine.world.http.when("GET", "169.254.169.254", FakeHttp::json(status, k_good));
  EXPECT_TRUE(is_ok(machine.ask()));
  EXPECT_EQ(machine.world.http.requests.size(), 3U);
}

TEST(ManagedIdentity, that_is_not_there_is_told_with_what_to_do) {
  Machine nowhere;
  nowhere.world.http.when("GET", "169.254.169.254", base::fail(Outcome::network, "no route"));
  const auto none = nowhere.ask();
  ASSERT_TRUE(has_kind(none, Outcome::auth));
  EXPECT_EQ(none.error().code, "no-identity");
  EXPECT_EQ(nowhere.world.http.requests.size(), 1U);

  Machine stranger;
  stranger.world.http.when(
      "GET", "169.254.169.254",
      FakeHttp::json(400, R"({"error":"invalid_request","error_description":"Identity not found"})"));
  const auto refused = stranger.ask();
  ASSERT_TRUE(has_kind(refused, Outcome::auth));
  EXPECT_NE(refused.error().what.find("Identity not found"), std::string::npos);
  EXPECT_NE(refused.error().cure.find("client-id"), std::string::npos);
}
