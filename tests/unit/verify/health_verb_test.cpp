#include <gtest/gtest.h>

#include "base/text.hpp"
#include "json/text.hpp"
#include "unit/data.hpp"
#include "unit/verify/called.hpp"

using namespace sentimark;
using test::call;

namespace {

constexpr std::string_view k_three = R"(apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: 'n'}}
- {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: 'n'}, status: {phase: Pending}}
---
apiVersion: v1
kind: Namespace
metadata: {name: gone, deletionTimestamp: "2026-01-01T00:00:00Z"}
)";

}  // namespace

// HE-06: each case of the table of health, alone in a file, says the same through the command.
TEST(VerifyHealth, says_of_each_object_what_the_rules_say) {
  const json::Value table = test::data("kube/health.json");
  ASSERT_GT(table.items().size(), 140U);
  for (const json::Value& row : table.items()) {
    fake::FakeSys world;
    world.files.put("/o.json", json::to_text(row["object"]));
    const auto told =
        call(world, {"health", "--file", "/o.json", "--format", "jsonl", "--now", "2026-01-01T12:00:00Z"});
    const auto line = json::parse(told.out);
    ASSERT_TRUE(line) << told.out << told.log;
    EXPECT_EQ((*line)["status"], row["status"]) << row["case"].string_or_empty();
    EXPECT_EQ((*line)["reason"], row["reason"]) << row["case"].string_or_empty();
    EXPECT_EQ((*line)["kind"], row["object"]["kind"].is_null() ? json::Value("") : row["object"]["kind"]);
    EXPECT_FALSE((*line)["message"].string_or_empty().empty());
    const std::string& status = row["status"].string_or_empty();
    EXPECT_EQ(told.exit_code, status == "failed" ? 7 : status == "current" || status == "suspended" ? 0 : 30) << status;
  }
}

TEST(VerifyHealth, keeps_the_order_of_the_file_in_every_format) {
  for (const char* format : {"text", "json", "jsonl"}) {
    fake::FakeSys world;
    world.files.put("/dev/stdin", std::string(k_three));
    const auto told = call(world, {"health", "--file", "-", "--format", format});
    EXPECT_EQ(told.exit_code, 30);
    const std::size_t first = told.out.find("current");
    const std::size_t second = told.out.find("in-progress");
    const std::size_t third = told.out.find("terminating");
    EXPECT_TRUE(first < second && second < third && third != std::string::npos) << told.out;
  }
}

TEST(VerifyHealth, json_lines_have_kind_name_namespace_status_reason_message) {
  fake::FakeSys world;
  world.files.put("/o.yaml", std::string(k_three));
  const auto told = call(world, {"health", "--file", "/o.yaml", "--format", "jsonl"});
  const auto line = json::parse(base::lines_of(told.out).at(1));
  ASSERT_TRUE(line);
  EXPECT_EQ(json::to_text(*line),
            R"({"kind":"Pod","name":"p","namespace":"n","status":"in-progress","reason":"Pending",)"
            R"("message":"pod is not ready","warning":"","fix":""})");
}

TEST(VerifyHealth, time_comes_from_the_clock_or_from_the_caller) {
  const std::string pod =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p, creationTimestamp: \"2026-01-01T00:00:00Z\"}\nstatus:\n  phase: "
      "Pending\n"
      "  conditions:\n  - {type: PodScheduled, status: \"False\", reason: Unschedulable, message: \"0/3 nodes are "
      "available: 3 "
      "Insufficient cpu.\", lastTransitionTime: \"2026-01-01T00:00:00Z\"}\n";
  fake::FakeSys world;
  world.files.put("/o.yaml", pod);
  EXPECT_EQ(call(world, {"health", "--file", "/o.yaml", "--now", "2026-01-01T00:00:05Z"}).exit_code, 30);
  EXPECT_EQ(call(world, {"health", "--file", "/o.yaml", "--now", "2026-01-01T03:00:00+01:00"}).exit_code, 7);
  EXPECT_EQ(call(world, {"health", "--file", "/o.yaml", "--now", "yesterday"}).exit_code, 2);
}

TEST(VerifyHealth, wrong_calls_and_files_have_their_own_codes) {
  fake::FakeSys world;
  world.files.put("/bad.yaml", "a: [1\n");
  EXPECT_EQ(call(world, {"health"}).exit_code, 2);
  EXPECT_EQ(call(world, {"health", "--file", "/missing.yaml"}).exit_code, 3);
  const auto bad = call(world, {"health", "--file", "/bad.yaml"});
  EXPECT_EQ(bad.exit_code, 3);
  EXPECT_TRUE(base::contains(bad.log, "/bad.yaml:2:1:")) << bad.log;
  EXPECT_EQ(call(world, {"health", "--file", "/bad.yaml", "--format", "tap"}).exit_code, 2);
}

TEST(VerifyHealth, sarif_and_junit_tell_each_object_at_its_place) {
  fake::FakeSys world;
  world.files.put("/three.yaml", std::string(k_three));
  EXPECT_EQ(call(world, {"health", "/three.yaml", "--sarif-file", "/r.sarif", "--junit-file", "/r.xml"}).exit_code, 30);
  const auto sarif = json::parse(world.files.content("/r.sarif").value_or(""));
  ASSERT_TRUE(sarif);
  const json::Array& results = (*sarif)["runs"].items()[0]["results"].items();
  ASSERT_EQ(results.size(), 2U);  // what is as it should be is no result
  EXPECT_EQ(results[0]["ruleId"], json::Value("HEALTH"));
  const json::Value& place = results[0]["locations"].items()[0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], json::Value("file:///three.yaml"));
  EXPECT_EQ(place["region"]["startLine"], json::Value(5));
  const std::string junit = world.files.content("/r.xml").value_or("");
  EXPECT_TRUE(base::contains(junit, "<testsuite name=\"verify health\" tests=\"3\" errors=\"2\" failures=\"0\">"))
      << junit;
  EXPECT_EQ(call(world, {"health", "/three.yaml", "--format", "junit"}).out, junit);
  EXPECT_EQ(call(world, {"health", "/three.yaml", "--format", "sarif"}).out,
            world.files.content("/r.sarif").value_or(""));
}

// Names and messages are the cluster's, not ours: in the summary they neither format nor link.
TEST(VerifyHealth, the_summary_shows_what_is_hostile_as_text) {
  fake::FakeSys world;
  world.env.values["GITHUB_STEP_SUMMARY"] = "/summary.md";
  world.files.put(
      "/o.json",
      R"({"kind":"Pod","metadata":{"name":"a|b<img src=x>`@you"},"status":{"phase":"Failed","message":"[x](http://evil)\n## no"}})");
  EXPECT_EQ(call(world, {"health", "--file", "/o.json"}).exit_code, 7);
  const std::string summary = world.files.content("/summary.md").value_or("");
  EXPECT_TRUE(summary.starts_with("## ❌ ")) << summary;
  EXPECT_EQ(summary.find("<img"), std::string::npos);
  EXPECT_EQ(summary.find("[x]("), std::string::npos);
  EXPECT_EQ(summary.find("\n## no"), std::string::npos);
}
