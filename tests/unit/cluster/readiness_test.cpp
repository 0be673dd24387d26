// X-02: a stopped cluster is started on request and waited for; what else goes on is waited for too.
#include "cluster/readiness.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "fake/sys.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using base::Outcome;
using fake::FakeHttp;
using test::has_kind;
using test::is_ok;

namespace {

std::string state(const char* power, const char* provisioning) {
  return std::string(R"({"properties":{"powerState":{"code":")") + power + R"("},"provisioningState":")" +
         provisioning + R"("}})";
}

// A cluster that tells these states, the last one for ever.
struct Azure {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  azure::Entra entra{
      sys, world.http, "https://login.example",
      "t", "c",        [this](base::Instant) { return base::Result<base::Secret>(sys.secrets.make("assertion")); }};
  azure::Arm arm{sys, world.http, entra, "https://arm.example", "scope", {"S", "Rg", "Aks"}, "2025-10-01"};

  explicit Azure(const std::vector<std::string>& states) {
    world.http.when("POST", "/oauth2/", FakeHttp::json(200, R"({"access_token":"t0ken","expires_in":3600})"));
    for (const std::string& one : states) world.http.when("GET", "/managedClusters/", FakeHttp::json(200, one));
    world.http.when("POST", "/start", FakeHttp::json(202, ""));
  }
  base::Result<azure::ManagedCluster> ready(bool wake, Millis within = Millis{600'000}) {
    return cluster::ready(sys, arm, wake, world.clock.monotonic() + within);
  }
  std::size_t starts() const { return world.http.count("POST", "/start"); }
};

}  // namespace

TEST(Readiness, a_running_cluster_costs_one_look) {
  Azure azure({state("Running", "Updating")});
  ASSERT_TRUE(is_ok(azure.ready(true)));
  EXPECT_EQ(azure.world.http.count("GET", "/managedClusters/"), 1U);
  EXPECT_EQ(azure.starts(), 0U);
}

TEST(Readiness, a_stopped_cluster_is_started_only_on_request) {
  Azure azure({state("Stopped", "Succeeded")});
  const auto refused = azure.ready(false);
  ASSERT_TRUE(has_kind(refused, Outcome::refused));
  EXPECT_TRUE(base::contains(refused.error().cure, "wake: true"));
  EXPECT_EQ(azure.starts(), 0U);
}

TEST(Readiness, a_cluster_that_is_still_stopping_is_started_once_it_has_stopped) {
  Azure azure({state("Stopped", "Stopping"), state("Stopped", "Stopping"), state("Stopped", "Succeeded"),
               state("Stopped", "Succeeded"), state("Stopped", "Starting"), state("Running", "Starting"),
               state("Running", "Succeeded")});
  const auto awake = azure.ready(true);
  ASSERT_TRUE(is_ok(awake));
  EXPECT_TRUE(awake->running);
  EXPECT_EQ(azure.starts(), 1U);
}

TEST(Readiness, a_start_that_fails_is_told) {
  Azure azure({state("Stopped", "Succeeded"), state("Stopped", "Starting"), state("Stopped", "Failed")});
  const auto failed = azure.ready(true);
  ASSERT_TRUE(has_kind(failed, Outcome::remote));
  EXPECT_TRUE(base::contains(failed.error().what, "did not start"));
}

TEST(Readiness, waiting_ends_at_the_deadline_and_names_the_state) {
  Azure azure({state("Stopped", "Succeeded"), state("Stopped", "Starting")});
  const auto late = azure.ready(true, Millis{60'000});
  ASSERT_TRUE(has_kind(late, Outcome::timeout));
  EXPECT_TRUE(base::contains(late.error().what, "provisioning state Starting")) << late.error().what;
}

TEST(Readiness, settling_waits_for_the_end_of_another_operation) {
  Azure azure({state("Running", "Updating"), state("Running", "Upgrading"), state("Running", "Succeeded")});
  ASSERT_TRUE(is_ok(cluster::settle(azure.sys, azure.arm, azure.world.clock.monotonic() + Millis{60'000})));
  EXPECT_EQ(azure.world.http.count("GET", "/managedClusters/"), 3U);
}
