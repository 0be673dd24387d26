// HE-09: one archive explains a run: its ids in every part, nothing secret in any.
#include "helm_private_deploy/debug_bundle.hpp"

#include "helm_private_deploy/recorders.hpp"
#include "json/text.hpp"
#include "pack/deflate.hpp"
#include "pack/untar.hpp"
#include "unit/helm_private_deploy/plans.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Outcome;
using helm_private_deploy::debug_bundle;
using helm_private_deploy::DebugFacts;
using helm_private_deploy::HttpRecorder;
using helm_private_deploy::keep_debug_bundle;
using helm_private_deploy::Lines;
using helm_private_deploy::LogRecorder;
using test::is_ok;

namespace {

constexpr const char* k_secret = "hunter2 \"quoted\"";

std::map<std::string, std::string> opened(const base::Result<std::string>& bundle) {
  std::map<std::string, std::string> files;
  EXPECT_TRUE(is_ok(bundle));
  if (!bundle) return files;
  const auto stream = pack::gunzip(*bundle, 1U << 20U);
  EXPECT_TRUE(is_ok(stream));
  const auto entries = pack::untar(*stream, 100);
  EXPECT_TRUE(is_ok(entries));
  for (const pack::Entry& entry : *entries) files[entry.path] = entry.bytes;
  return files;
}

sys::Request asked() {
  sys::Request request;
  request.method = "POST";
  request.url = "https://arm.example/subscriptions/s/runCommand?api-version=1&sig=query";
  request.headers = {{"Authorization", "Bearer " + std::string(k_secret)},
                     {"x-ms-client-request-id", "c-7"},
                     {"x-ms-correlation-request-id", "k-1"}};
  request.body = "a body";
  return request;
}

struct Ran {
  fake::FakeSys world;
  base::Secret secret = world.secrets.make(k_secret);
  LogRecorder log{world.log, world.clock, world.secrets};
  HttpRecorder http{world.http, world.clock};

  DebugFacts facts() {
    log.info("operation 33cc: with " + std::string(k_secret));
    log.quote("printed", "x " + std::string(k_secret));
    world.http.when("POST", "/runCommand", fake::FakeHttp::json(202, "an answer", {{"x-ms-request-id", "r-9"}}),
                    base::Millis{1'500});
    EXPECT_TRUE(is_ok(http.send(asked(), world.stop)));
    DebugFacts facts;
    facts.verb = "deploy";
    facts.operation = "33cc";
    facts.correlation = "k-1";
    facts.plan = json::Object{{"operation", "33cc"}, {"sizes", json::Object{{"package", 7}}}};
    facts.costs = json::Object{{"calls", 2}};
    facts.status = json::Object{{"record", json::Object{{"operation", "33cc"}}}};
    facts.log = log.text();
    facts.requests = http.text();
    facts.records = "{\"operation\":\"33cc\"}\n";
    facts.evidence = {{"logs/../a b.txt", "said " + std::string(k_secret)}, {"logs/.._a b.txt", "another"}};
    return facts;
  }
};

runner::Ending failed() {
  runner::Ending ending;
  ending.outcome = Outcome::rolled_back;
  ending.reason = "image not found";
  ending.outputs = {{"revision", "4"}};
  ending.summary = "## it failed\n";
  return ending;
}

}  // namespace

TEST(DebugBundle, holds_all_that_explains_a_run) {
  Ran run;
  const DebugFacts facts = run.facts();
  auto files = opened(debug_bundle(run.world.secrets, facts, failed()));
  std::vector<std::string> names;
  for (const auto& [name, text] : files) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"bundle.json", "evidence/1-logs_.._a_b.txt", "evidence/2-logs_.._a_b.txt",
                                             "log.jsonl", "operation-log.jsonl", "plan.json", "requests.jsonl",
                                             "status.json", "summary.md"}));
  const auto about = json::parse(files["bundle.json"]);
  ASSERT_TRUE(is_ok(about));
  EXPECT_EQ((*about)["status"].string_or_empty(), "rolled-back");
  EXPECT_EQ((*about)["reason"].string_or_empty(), "image not found");
  EXPECT_EQ((*about)["outputs"]["revision"].string_or_empty(), "4");
  EXPECT_EQ((*about)["costs"]["calls"].int_or(0), 2);
  EXPECT_FALSE((*about)["version"].string_or_empty().empty());
  EXPECT_FALSE((*about)["libraries"].members().empty());
  // The same ids lead through all parts.
  EXPECT_EQ((*about)["operation"].string_or_empty(), "33cc");
  EXPECT_EQ((*about)["correlation"].string_or_empty(), "k-1");
  for (const char* name : {"plan.json", "status.json", "log.jsonl", "operation-log.jsonl"})
    EXPECT_NE(files[name].find("33cc"), std::string::npos) << name;
  EXPECT_EQ(files["summary.md"], "## it failed\n");
  // The same run gives the same bytes.
  EXPECT_EQ(*debug_bundle(run.world.secrets, facts, failed()), *debug_bundle(run.world.secrets, facts, failed()));
}

TEST(DebugBundle, tells_of_a_request_who_when_and_how_long_and_no_more) {
  Ran run;
  auto files = opened(debug_bundle(run.world.secrets, run.facts(), failed()));
  const auto line = json::parse(files["requests.jsonl"]);
  ASSERT_TRUE(is_ok(line));
  EXPECT_EQ((*line)["method"].string_or_empty(), "POST");
  EXPECT_EQ((*line)["url"].string_or_empty(), "https://arm.example/subscriptions/s/runCommand");
  EXPECT_EQ((*line)["status"].int_or(0), 202);
  EXPECT_EQ((*line)["ms"].int_or(0), 1'500);
  EXPECT_EQ((*line)["clientRequestId"].string_or_empty(), "c-7");
  EXPECT_EQ((*line)["correlationRequestId"].string_or_empty(), "k-1");
  EXPECT_EQ((*line)["requestId"].string_or_empty(), "r-9");
  for (const auto& [name, text] : files) {
    for (const char* part : {"hunter2", "Bearer", "sig=", "a body", "an answer"})
      EXPECT_EQ(text.find(part), std::string::npos) << part << " in " << name;
  }
  EXPECT_NE(files["evidence/1-logs_.._a_b.txt"].find("***"), std::string::npos);
}

TEST(DebugBundle, of_a_run_that_came_to_nothing_says_why) {
  fake::FakeSys world;
  const auto files =
      opened(debug_bundle(world.secrets, {}, base::fail(Outcome::config, "Chart.yaml is missing", "write one")));
  ASSERT_EQ(files.size(), 1U);
  EXPECT_NE(files.at("bundle.json").find("Chart.yaml is missing"), std::string::npos);
}

TEST(DebugBundle, is_named_in_the_summary_and_a_folder_that_is_not_there_is_a_warning) {
  fake::FakeSys world;
  world.files.put_directory("out");
  sys::Sys sys = world.sys();
  base::Result<runner::Ending> done = failed();
  keep_debug_bundle(sys, "out/bundle.tar.gz", {}, done);
  EXPECT_TRUE(world.files.content("out/bundle.tar.gz").has_value());
  EXPECT_NE(done->summary.find("<code>out/bundle.tar.gz</code>"), std::string::npos) << done->summary;
  EXPECT_NE(done->summary.find("actions/upload-artifact"), std::string::npos);
  done = failed();
  keep_debug_bundle(sys, "nowhere/bundle.tar.gz", {}, done);
  EXPECT_EQ(done->summary, "## it failed\n");
  EXPECT_EQ(world.log.count(sys::Level::warning), 1U);
}

TEST(DebugBundle, keeps_the_beginning_of_what_is_too_long_and_says_so) {
  Lines lines;
  for (int i = 0; i < 30; ++i) lines.add(json::Object{{"text", std::string(100'000, 'x')}});
  const std::string text = lines.text();
  EXPECT_LT(text.size(), Lines::k_most + 100);
  EXPECT_EQ(text.substr(text.rfind('{')), "{\"leftOut\":21}\n");
}
