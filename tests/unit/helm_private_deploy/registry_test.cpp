#include "helm_private_deploy/registry.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "helm_private_deploy/explain.hpp"
#include "helm_private_deploy/plan.hpp"
#include "unit/helm_private_deploy/plans.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Outcome;
using helm_private_deploy::make_plan;
using test::Given;
using test::has_kind;
using test::inputs_of;
using test::is_ok;

namespace {

const std::string k_digest(64, 'd');
const std::string k_chart = "oci://registry.example:5000/charts/prices:1.2.3@sha256:" + k_digest;

base::Result<helm_private_deploy::Plan> planned(fake::FakeSys& world, Given given = {}) {
  given["chart"] = k_chart;
  sys::Sys sys = world.sys();
  return make_plan(sys, inputs_of(given).value(), "c");
}

std::string bytes_of(const helm_private_deploy::Plan& plan, std::string_view name) {
  for (const cluster::Payload& payload : helm_private_deploy::payloads_of(plan)) {
    if (payload.name == name) return payload.bytes;
  }
  return "none";
}

}  // namespace

TEST(Registry, a_chart_there_is_named_and_not_sent) {
  fake::FakeSys world;
  const auto plan = planned(world);
  ASSERT_TRUE(is_ok(plan));
  EXPECT_EQ(plan->chart_name, "prices");
  EXPECT_EQ(plan->chart_version, "1.2.3");
  EXPECT_EQ(plan->package_sha256, k_digest);
  const auto job = wire::job_from_json(wire::to_json(helm_private_deploy::job_of(*plan, 1, std::string(32, 'a'))));
  ASSERT_TRUE(is_ok(job));
  EXPECT_EQ(job->chart_reference, "oci://registry.example:5000/charts/prices@sha256:" + k_digest);
  EXPECT_EQ(job->chart_sha256, k_digest);
  EXPECT_EQ(helm_private_deploy::payloads_of(*plan).size(), 1U);
  EXPECT_EQ(bytes_of(*plan, "values.json"), plan->values_text);
  const std::string text = helm_private_deploy::text_of(*plan);
  EXPECT_TRUE(base::contains(text, "prices 1.2.3, pulled by helm from registry.example:5000\n")) << text;
  EXPECT_FALSE(base::contains(text, "record")) << text;
}

TEST(Registry, only_the_charts_own_credentials_are_sent_and_all_of_them_are_masked) {
  fake::FakeSys world;
  world.files.put("config.json", R"({"auths": {"other.example": {"auth": "b3RoZXI6b3RoZXI="},
      "https://registry.example:5000": {"auth": ")" +
                                     base::to_base64("robot:pass-word-1") +
                                     R"(", "identitytoken": "token-4711"}}, "credsStore": "desktop"})");
  world.files.put("ca.pem", "PEM");
  const auto plan = planned(world, {{"registry-config", "config.json"}, {"registry-ca-file", "ca.pem"}});
  ASSERT_TRUE(is_ok(plan));
  EXPECT_EQ(bytes_of(*plan, "registry.json"), R"({"auths":{"registry.example:5000":{"auth":")" +
                                                  base::to_base64("robot:pass-word-1") +
                                                  R"(","identitytoken":"token-4711"}}})");
  EXPECT_EQ(bytes_of(*plan, "registry-ca.pem"), "PEM");
  EXPECT_EQ(world.secrets.redact("pass-word-1 token-4711 " + base::to_base64("robot:pass-word-1")), "*** *** ***");
}

TEST(Registry, credentials_that_cannot_be_sent_are_named_with_a_way_out) {
  struct Row {
    const char* config;
    const char* what;
    const char* code;
  };
  for (const Row& row :
       {Row{R"({"auths": {"registry.example:5000": {}}, "credsStore": "desktop"})", "credential helper",
            "no-credentials"},
        Row{R"({"credHelpers": {"registry.example:5000": "acr"}})", "credential helper", "no-credentials"},
        Row{R"({"auths": {"other.example": {"auth": "eDp5"}}})", "no credentials for registry.example:5000",
            "no-credentials"},
        Row{"{", "", ""}, Row{nullptr, "registry-config cannot be read", ""}}) {
    fake::FakeSys world;
    if (row.config != nullptr) world.files.put("config.json", row.config);
    const auto refused = planned(world, {{"registry-config", "config.json"}});
    ASSERT_TRUE(has_kind(refused, Outcome::config));
    EXPECT_TRUE(base::contains(refused.error().sentence(), row.what)) << refused.error().sentence();
    EXPECT_EQ(refused.error().code, row.code);
  }
}

TEST(Registry, values_of_a_chart_that_is_not_here_cannot_be_explained) {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  const auto refused = helm_private_deploy::explain_values(
      sys, inputs_of({{"chart", k_chart}, {"explain-values", "image.tag"}}).value());
  ASSERT_TRUE(has_kind(refused, Outcome::usage));
  EXPECT_TRUE(base::contains(refused.error().cure, "helm pull")) << refused.error().cure;
}
