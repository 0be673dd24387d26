#include "helm_private_deploy/plan.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "digest/sha256.hpp"
#include "json/text.hpp"
#include "unit/helm_private_deploy/plans.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Outcome;
using helm_private_deploy::make_plan;
using test::Given;
using test::has_kind;
using test::inputs_of;
using test::is_ok;
using test::plan_of;

namespace {

struct Origin {
  std::string repository = "1";
  std::string run = "2";
  std::string attempt = "1";
  std::string job = "deploy";
  std::string cluster = "/subscriptions/s/aks";
  Given inputs;
  std::string chart = "replicas: 1\n";
};

std::string operation_of(const Origin& run) {
  fake::FakeSys world;
  test::put_chart(world);
  world.files.put("chart/values.yaml", run.chart);
  world.env.values = {{"GITHUB_REPOSITORY_ID", run.repository},
                      {"GITHUB_RUN_ID", run.run},
                      {"GITHUB_RUN_ATTEMPT", run.attempt},
                      {"GITHUB_JOB", run.job}};
  sys::Sys sys = world.sys();
  const auto plan = make_plan(sys, inputs_of(run.inputs).value(), run.cluster);
  EXPECT_TRUE(is_ok(plan));
  return plan->operation;
}

base::Error refusal(const std::function<void(fake::FakeSys&)>& change, const Given& given = {}) {
  fake::FakeSys world;
  test::put_chart(world);
  change(world);
  sys::Sys sys = world.sys();
  const auto plan = make_plan(sys, inputs_of(given).value(), "c");
  EXPECT_TRUE(has_kind(plan, Outcome::config));
  return plan.ok() ? base::Error{} : plan.error();
}

}  // namespace

TEST(Plan, reads_as_text) {
  fake::FakeSys world;
  world.files.put("a.yaml", "image: x\n");
  const auto plan = plan_of(world, {{"values", "a.yaml"}, {"values-inline", "count: 1"}, {"create-namespace", "true"}});
  EXPECT_EQ(helm_private_deploy::text_of(plan), "operation   " + std::string(32, 'a') +
                                                    "\n"
                                                    "release     prices in namespace shop (made when absent)\n"
                                                    "cluster     rg-dev/aks-dev by runCommand\n"
                                                    "chart       service 1.2.3, 3 files, 88 bytes, packed " +
                                                    std::to_string(plan.package.size()) + "\n  sha256    " +
                                                    plan.package_sha256 +
                                                    "\n"
                                                    "values      1 files and values-inline, merged 24 bytes\n"
                                                    "  sha256    " +
                                                    plan.values_sha256 +
                                                    "\n"
                                                    "timeout     10 min 0 s\n"
                                                    "on-failure  rollback\n" +
                                                    helm_private_deploy::text_of(plan.sizes));
  EXPECT_EQ(plan.values_text, "{\"count\":1,\"image\":\"x\"}\n");
  EXPECT_EQ(plan.values_sha256, digest::sha256_hex(plan.values_text));
  EXPECT_EQ(plan.package_sha256, digest::sha256_hex(plan.package));
}

TEST(Plan, reads_as_json) {
  fake::FakeSys world;
  const auto plan = plan_of(world, {{"transport", "local"}, {"on-failure", "keep"}, {"timeout", "90s"}});
  const auto expected = json::parse(
      R"({"operation":")" + std::string(32, 'a') +
      R"(","release":"prices","namespace":"shop","cluster":"kubectl and helm of this machine",)"
      R"("chart":{"name":"service","version":"1.2.3","files":3,"bytes":88,"packed":)" +
      std::to_string(plan.package.size()) + R"(,"sha256":")" + plan.package_sha256 +
      R"("},"values":{"bytes":3,"sha256":")" + plan.values_sha256 + R"("},"timeoutSeconds":90,"onFailure":"keep"})");
  ASSERT_TRUE(is_ok(expected));
  json::Value whole = *expected;
  whole.set("sizes", helm_private_deploy::json_of(plan.sizes));
  EXPECT_TRUE(helm_private_deploy::json_of(plan) == whole) << json::to_pretty_text(helm_private_deploy::json_of(plan));
}

TEST(Plan, the_operation_is_the_same_for_every_attempt_of_a_run) {
  const std::string known = operation_of({});
  EXPECT_EQ(known.size(), 32U);
  EXPECT_TRUE(base::is_hex(known));
  EXPECT_EQ(operation_of({}), known);
  Origin again;
  again.attempt = "2";
  EXPECT_EQ(operation_of(again), known);
  Origin patient;
  patient.inputs = {{"timeout", "1h"}, {"on-failure", "keep"}};  // how, not what
  EXPECT_EQ(operation_of(patient), known);
}

TEST(Plan, the_operation_is_another_when_anything_else_is) {
  std::vector<std::string> all{operation_of({})};
  const auto with = [&](const std::function<void(Origin&)>& change) {
    Origin run;
    change(run);
    all.push_back(operation_of(run));
  };
  with([](Origin& run) { run.repository = "9"; });
  with([](Origin& run) { run.run = "9"; });
  with([](Origin& run) { run.job = "other"; });
  with([](Origin& run) { run.cluster = "/subscriptions/s/other"; });
  with([](Origin& run) { run.inputs = {{"namespace", "other"}}; });
  with([](Origin& run) { run.inputs = {{"release", "other"}}; });
  with([](Origin& run) { run.inputs = {{"values-inline", "a: 1"}}; });
  with([](Origin& run) { run.chart = "replicas: 2\n"; });
  // Fields do not run into each other.
  with([](Origin& run) { run.repository = "12", run.run = ""; });
  with([](Origin& run) { run.inputs = {{"namespace", "shopp"}, {"release", "rices"}}; });
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::unique(all.begin(), all.end()), all.end());
}

TEST(Plan, the_operation_is_random_outside_a_run_unless_named) {
  fake::FakeSys world;
  test::put_chart(world);
  sys::Sys sys = world.sys();
  const auto one = make_plan(sys, inputs_of().value(), "c");
  const auto two = make_plan(sys, inputs_of().value(), "c");
  ASSERT_TRUE(is_ok(one) && is_ok(two));
  EXPECT_NE(one->operation, two->operation);
  EXPECT_EQ(one->operation.size(), 32U);
  EXPECT_EQ(one->run_url, "");
  world.env.values = {{"GITHUB_RUN_ID", "7"}, {"GITHUB_REPOSITORY", "o/r"}};
  const auto named = make_plan(sys, inputs_of({{"operation-id", std::string(32, 'b')}}).value(), "c");
  ASSERT_TRUE(is_ok(named));
  EXPECT_EQ(named->operation, std::string(32, 'b'));
  EXPECT_EQ(named->run_url, "https://github.com/o/r/actions/runs/7");
}

TEST(Plan, becomes_a_job_that_the_agent_accepts) {
  fake::FakeSys world;
  const auto plan = plan_of(world, {{"create-namespace", "true"}, {"helm", "/opt/helm"}, {"timeout", "90s"}});
  const wire::Job job = helm_private_deploy::job_of(plan, 4, std::string(32, 'c'));
  const auto read = wire::job_from_json(wire::to_json(job));
  ASSERT_TRUE(is_ok(read));
  EXPECT_EQ(read->operation, plan.operation);
  EXPECT_EQ(read->attempt, 4);
  EXPECT_EQ(read->release, "prices");
  EXPECT_EQ(read->namespace_name, "shop");
  EXPECT_TRUE(read->create_namespace);
  EXPECT_EQ(read->helm, "/opt/helm");
  EXPECT_EQ(read->helm_timeout, base::Millis{90'000});
  EXPECT_EQ(read->chart_sha256, plan.package_sha256);
  EXPECT_EQ(read->values_sha256, plan.values_sha256);
  const auto payloads = helm_private_deploy::payloads_of(plan);
  ASSERT_EQ(payloads.size(), 2U);
  EXPECT_EQ(payloads[0].bytes, plan.package);
  EXPECT_EQ(payloads[1].bytes, plan.values_text);
}

TEST(Plan, names_what_is_wrong_with_a_file) {
  const auto chartless = refusal([](fake::FakeSys& world) { (void)world.files.remove_tree("chart/Chart.yaml"); });
  EXPECT_TRUE(base::contains(chartless.what, "Chart.yaml")) << chartless.what;
  const auto missing = refusal([](fake::FakeSys&) {}, {{"values", "dev.yaml"}});
  EXPECT_EQ(missing.what, "values file dev.yaml does not exist");
  const auto broken =
      refusal([](fake::FakeSys& world) { world.files.put("dev.yaml", "a: 1\nb: [\n"); }, {{"values", "dev.yaml"}});
  EXPECT_TRUE(base::contains(broken.what, "dev.yaml:3:")) << broken.what;
  const auto inline_one = refusal([](fake::FakeSys&) {}, {{"values-inline", "a: 1\n b: 2"}});
  EXPECT_TRUE(base::contains(inline_one.what, "values-inline:2:")) << inline_one.what;
}
