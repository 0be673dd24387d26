// HE-08: who, what, when, by which digests, with which end.
#include "helm_private_deploy/operation_log.hpp"

#include "base/text.hpp"
#include "json/text.hpp"
#include "unit/helm_private_deploy/plans.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Outcome;
using helm_private_deploy::Asker;
using helm_private_deploy::Report;
using test::is_ok;

namespace {

const azure::Presented k_who{"issuer", "repo:o/r:environment:dev", "audience"};

struct Log {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  helm_private_deploy::Plan plan = test::plan_of(world);
  runner::Records records{sys, helm_private_deploy::program()};

  Log() { world.files.put_directory("/tmp"); }

  std::vector<json::Value> lines() {
    std::vector<json::Value> all;
    for (const std::string& line : base::lines_of(world.files.content(records.file()).value_or(""))) {
      auto value = json::parse(line);
      EXPECT_TRUE(is_ok(value)) << line;
      if (value) all.push_back(*value);
    }
    return all;
  }
  std::vector<json::Value> of(const base::Result<Report>& done) {
    EXPECT_TRUE(is_ok(records.add(started(plan, Asker{k_who, "c-1"}))));
    for (runner::Event& event : ended(plan, Asker{k_who, "c-1"}, done))
      EXPECT_TRUE(is_ok(records.add(std::move(event))));
    return lines();
  }
};

Report failed(Outcome outcome) {
  Report report;
  report.outcome = outcome;
  report.cause = "the image is not there";
  report.failed.revision = 3;
  report.failed.good_revision = 2;
  report.last.revision = 4;
  return report;
}

}  // namespace

TEST(OperationLog, a_start_is_on_disk_before_anything_is_asked_and_an_end_names_the_result) {
  Log log;
  log.world.env.values = {{"GITHUB_ACTOR", "octocat"},
                          {"GITHUB_REPOSITORY", "o/r"},
                          {"GITHUB_RUN_ID", "7"},
                          {"GITHUB_RUN_ATTEMPT", "2"},
                          {"GITHUB_SHA", "abc"}};
  const auto lines = log.of(Report{});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["Phase"].string_or_empty(), "started");
  EXPECT_EQ(lines[0]["Outcome"].string_or_empty(), "");
  EXPECT_EQ(lines[1]["Phase"].string_or_empty(), "finished");
  EXPECT_EQ(lines[1]["Outcome"].string_or_empty(), "success");
  EXPECT_EQ(lines[1]["ExitCode"].int_or(-1), 0);
  for (const json::Value& line : lines) {
    EXPECT_EQ(line["Actor"].string_or_empty(), "octocat");
    EXPECT_EQ(line["RunAttempt"].int_or(0), 2);
    EXPECT_EQ(line["PipelineRunUrl"].string_or_empty(), "https://github.com/o/r/actions/runs/7");
    EXPECT_EQ(line["Attributes"]["chart.digest"].string_or_empty(), "sha256:" + log.plan.package_sha256);
    EXPECT_EQ(line["Attributes"]["operation"].string_or_empty(), log.plan.operation);
    EXPECT_EQ(line["Attributes"]["oidc.subject"].string_or_empty(), k_who.subject);
    EXPECT_EQ(line["Attributes"]["azure.correlation.id"].string_or_empty(), "c-1");
    EXPECT_EQ(line["EventTime"].string_or_empty().size(), std::string("2026-01-02T03:04:05.678000Z").size());
  }
  EXPECT_EQ(lines[0]["WriterId"], lines[1]["WriterId"]);
  EXPECT_EQ(lines[1]["Seq"].int_or(0), 2);
  EXPECT_FALSE(lines[0]["RecordId"] == lines[1]["RecordId"]);
}

TEST(OperationLog, a_rollback_is_a_record_of_its_own) {
  Log log;
  const auto lines = log.of(failed(Outcome::rolled_back));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1]["Outcome"].string_or_empty(), "failure");
  EXPECT_EQ(lines[1]["Severity"].string_or_empty(), "ERROR");
  EXPECT_EQ(lines[2]["Stream"].string_or_empty(), "DeploymentRollback");
  EXPECT_EQ(lines[2]["FromRevision"].int_or(0), 3);
  EXPECT_EQ(lines[2]["ToRevision"].int_or(0), 2);
  EXPECT_EQ(lines[2]["VerifyResult"].string_or_empty(), "healthy");
  EXPECT_EQ(lines[2]["Trigger"].string_or_empty(), "the image is not there");
}

TEST(OperationLog, every_kind_of_end_has_a_result_of_the_vocabulary) {
  const std::pair<Outcome, const char*> rows[] = {
      {Outcome::timeout, "timeout"},     {Outcome::interrupted, "cancellation"},
      {Outcome::auth, "error"},          {Outcome::unknown, "error"},
      {Outcome::kept, "failure"},        {Outcome::refused, "failure"},
      {Outcome::uninstalled, "failure"}, {Outcome::rollback_failed, "failure"}};
  for (const auto& [outcome, word] : rows) {
    Log log;
    const bool reported =
        outcome == Outcome::kept || outcome == Outcome::uninstalled || outcome == Outcome::rollback_failed;
    const auto lines = log.of(reported ? base::Result<Report>(failed(outcome)) : base::fail(outcome, "why"));
    EXPECT_EQ(lines[1]["Outcome"].string_or_empty(), word);
    EXPECT_EQ(lines.size() == 3, outcome == Outcome::uninstalled || outcome == Outcome::rollback_failed);
  }
}

TEST(OperationLog, a_secret_is_not_written_down) {
  Log log;
  const base::Secret secret = log.sys.secrets.make("hunter2hunter2");
  const auto lines = log.of(base::fail(Outcome::remote, "the server said hunter2hunter2"));
  EXPECT_FALSE(base::contains(log.world.files.content(log.records.file()).value_or(""), "hunter2"));
  EXPECT_EQ(lines.size(), 2U);
}

TEST(OperationLog, what_a_person_orders_is_recorded_with_its_force) {
  Log log;
  helm_private_deploy::DeployInputs inputs = log.plan.inputs;
  inputs.verb = helm_private_deploy::Verb::rollback;
  inputs.revision = 4;
  runner::Ending done;
  done.outcome = Outcome::kept;
  done.reason = "not healthy";
  done.outputs = {{"operation-id", std::string(32, 'b')}, {"revision", "6"}};
  const Asker asker{k_who, "c-1"};
  EXPECT_TRUE(is_ok(log.records.add(order_started(inputs, asker))));
  for (runner::Event& event : order_ended(inputs, asker, done)) EXPECT_TRUE(is_ok(log.records.add(std::move(event))));
  auto lines = log.lines();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0]["StepName"].string_or_empty(), "rollback");
  EXPECT_EQ(lines[1]["Outcome"].string_or_empty(), "failure");
  EXPECT_EQ(lines[1]["Attributes"]["operation"].string_or_empty(), std::string(32, 'b'));
  EXPECT_EQ(lines[2]["RollbackKind"].string_or_empty(), "manual");
  EXPECT_EQ(lines[2]["ToRevision"].int_or(0), 4);
  EXPECT_EQ(lines[2]["VerifyResult"].string_or_empty(), "failed");
  inputs.verb = helm_private_deploy::Verb::resume;
  inputs.force = true;
  EXPECT_TRUE(is_ok(log.records.add(std::move(order_ended(inputs, asker, done).front()))));
  EXPECT_TRUE(log.lines().back()["Attributes"]["force"].bool_or(false));
}
