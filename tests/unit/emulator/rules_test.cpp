// What the emulator judges without a connection: api-versions, rights, faults, configuration, forms.
#include <gtest/gtest.h>

#include "emulator/api_versions.hpp"
#include "emulator/arm.hpp"
#include "emulator/config.hpp"
#include "emulator/faults.hpp"
#include "emulator/managed_cluster.hpp"
#include "emulator/roles.hpp"
#include "emulator/throttle.hpp"
#include "json/text.hpp"

namespace sentimark::emulator {
namespace {

std::string code_of(const Reply& reply) {
  auto body = json::parse(reply.body);
  return body ? (*body)["error"]["code"].string_or_empty() : "";
}

TEST(EmulatorVersions, every_listed_one_is_taken_and_they_ascend_from_2021) {
  std::string before = "2021-02";
  for (const char* version : managed_cluster_versions()) {
    EXPECT_EQ(judge_api_version("managedClusters", version).status, 200) << version;
    EXPECT_LT(before, version);
    before = version;
  }
}

TEST(EmulatorVersions, each_type_has_its_own) {
  EXPECT_EQ(judge_api_version("subscriptions", "2019-11-01").status, 200);
  EXPECT_EQ(code_of(judge_api_version("managedClusters", "2019-11-01")), "NoRegisteredProviderFound");
  EXPECT_EQ(code_of(judge_api_version("subscriptions", "2025-10-01")), "InvalidApiVersionParameter");
  EXPECT_EQ(code_of(judge_api_version("managedClusters", "2025-1o-01")), "InvalidApiVersionParameter");
  EXPECT_EQ(code_of(judge_api_version("managedClusters", "")), "MissingApiVersionParameter");
}

TEST(EmulatorRoles, hold_at_their_scope_and_below_only) {
  const std::vector<RoleAssignment> roles{{"/subscriptions/a/resourceGroups/b/", {"X/y/read"}, {}}};
  EXPECT_TRUE(is_allowed(roles, "x/Y/read", "/subscriptions/A/resourcegroups/B"));
  EXPECT_TRUE(is_allowed(roles, "X/y/read", "/subscriptions/a/resourceGroups/b/providers/p"));
  EXPECT_FALSE(is_allowed(roles, "X/y/read", "/subscriptions/a/resourceGroups/bc"));
  EXPECT_FALSE(is_allowed(roles, "X/y/read", "/subscriptions/a"));
  EXPECT_FALSE(is_allowed(roles, "X/y/write", "/subscriptions/a/resourceGroups/b"));
}

TEST(EmulatorRoles, a_star_stands_for_any_text_and_not_actions_take_away) {
  EXPECT_TRUE(is_allowed({{"/", {"*"}, {}}}, "A/b/c", "/x"));
  EXPECT_TRUE(is_allowed({{"", {"A/*/read"}, {}}}, "A/b/c/read", "/x"));
  EXPECT_FALSE(is_allowed({{"/", {"A/*/read"}, {}}}, "A/b/c/write", "/x"));
  EXPECT_FALSE(is_allowed({{"/", {"*"}, {"*/action"}}}, "A/b/action", "/x"));
  EXPECT_TRUE(is_allowed({{"/", {"*"}, {"*"}}, {"/", {"A/b"}, {}}}, "A/b", "/x"));
  EXPECT_FALSE(is_allowed({}, "A", "/"));
}

TEST(EmulatorFaults, meet_the_calls_they_count) {
  Faults faults;
  ASSERT_TRUE(faults.add_spec("operation=runCommand,kind=429,nth=2,count=2,retryAfter=9"));
  EXPECT_FALSE(faults.next("runCommand"));
  EXPECT_FALSE(faults.next("getCluster"));
  ASSERT_TRUE(faults.next("runCommand"));
  EXPECT_EQ(faults.next("runCommand")->retry_after, 9);
  EXPECT_FALSE(faults.next("runCommand"));
}

TEST(EmulatorFaults, have_their_own_default_seconds) {
  Faults faults;
  ASSERT_TRUE(faults.add_spec("operation=runCommand,kind=slow-start"));
  ASSERT_TRUE(faults.add_spec("operation=runCommand,kind=late-pod,nth=2"));
  ASSERT_TRUE(faults.add_spec("operation=runCommand,kind=lost-pod,nth=3,seconds=9"));
  for (const std::int64_t seconds : {5, 40, 9}) EXPECT_EQ(faults.next("runCommand")->seconds, seconds);
}

TEST(EmulatorFaults, without_sense_are_refused) {
  Faults faults;
  for (const char* spec :
       {"kind=429", "operation=runCommand,kind", "operation=token,kind=flip-byte", "operation=runCommand"})
    EXPECT_EQ(faults.add_spec(spec).error().kind, base::Outcome::usage) << spec;
}

TEST(EmulatorConfig, an_empty_file_is_a_whole_world) {
  auto config = read_config("{}");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->subject(), "repo:octo-org/octo-repo:environment:dev");
  EXPECT_TRUE(is_allowed(config->roles, "any/thing", cluster_id(*config)));
  ASSERT_EQ(config->federated.size(), 1U);
  EXPECT_EQ(config->federated[0].subject, config->subject());
}

TEST(EmulatorConfig, names_what_is_wrong) {
  for (const char* text : {R"({"colour":1})", R"({"aad":1})", R"({"mode":"ship"})", R"({"actions":"*"})"})
    EXPECT_EQ(read_config(text).error().kind, base::Outcome::config) << text;
}

TEST(EmulatorConfig, cluster_properties_are_merged_deep) {
  auto config = read_config(R"({"aad":true,"clusterProperties":{"aadProfile":{"enableAzureRBAC":true},"extra":[1]}})");
  ASSERT_TRUE(config);
  const json::Value cluster = managed_cluster(*config, {"Running", "Succeeded"});
  const json::Value& properties = cluster["properties"];
  EXPECT_TRUE(properties["aadProfile"]["managed"].bool_or(false));
  EXPECT_TRUE(properties["aadProfile"]["enableAzureRBAC"].bool_or(false));
  EXPECT_EQ(properties["extra"].items().size(), 1U);
}

TEST(EmulatorForm, decodes_percent_and_plus_and_survives_damage) {
  auto form = parse_form("a=1%2B1&b=x+y&c&d=%4&=e&f=%zz");
  EXPECT_EQ(form["a"], "1+1");
  EXPECT_EQ(form["b"], "x y");
  EXPECT_EQ(form["c"], "");
  EXPECT_EQ(form["d"], "%4");
}

TEST(EmulatorThrottle, lets_a_burst_through_and_then_one_a_second) {
  TokenBucket bucket(3, 1);
  for (int call = 0; call < 3; ++call) EXPECT_EQ(bucket.take(10), 0);
  EXPECT_EQ(bucket.take(10), 1);
  EXPECT_EQ(bucket.take(10.5), 1);
  EXPECT_EQ(bucket.take(11.1), 0);
  EXPECT_EQ(bucket.take(11.2), 1);
  for (int call = 0; call < 3; ++call) EXPECT_EQ(bucket.take(1000), 0);
  EXPECT_EQ(bucket.take(1000), 1);
}

TEST(EmulatorThrottle, a_slow_bucket_says_how_long_to_wait) {
  TokenBucket bucket(1, 0.1);
  EXPECT_EQ(bucket.take(0), 0);
  EXPECT_EQ(bucket.take(0), 10);
}

TEST(EmulatorPaths, are_read_without_regard_to_case) {
  const std::string base = "/subscriptions/s/resourcegroups/g/providers/microsoft.containerservice/managedClusters/n";
  const auto target = [](const char* method, const std::string& path) {
    return Arm::target_of({method, path, {}, {}, ""});
  };
  EXPECT_EQ(target("GET", base)->operation, "getCluster");
  EXPECT_EQ(target("POST", base + "/runcommand")->operation, "runCommand");
  EXPECT_EQ(target("GET", base + "/commandResults/0af")->id, "0af");
  EXPECT_EQ(target("GET", "/subscriptions")->operation, "subscriptions");
  for (const char* tail :
       {"/", "/commandResults/", "/commandResults/xyz", "/commandResults/0af/", "/other", "/runCommand"})
    EXPECT_FALSE(target("GET", base + tail)) << tail;
  EXPECT_FALSE(
      target("GET", "/subscriptions//resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/n"));
  EXPECT_FALSE(target("DELETE", base));
  EXPECT_FALSE(target("GET", base + std::string(600, 'n')));
}

}  // namespace
}  // namespace sentimark::emulator
