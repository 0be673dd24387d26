// Commands of an agent whose every call takes a pod of its own: what goes with them, what is given once, what ends all.
#include "cluster/pod_processes.hpp"

#include <gtest/gtest.h>

#include "digest/sha256.hpp"
#include "unit/cluster/answers.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using base::Outcome;
using cluster::PodBatch;
using cluster::PodResult;
using test::has_kind;
using test::is_ok;

namespace {

using Argv = std::vector<std::string>;
using Kind = sys::ProcessEvent::Kind;

const Argv k_namespace{"kubectl", "get", "namespace", "shop", "-o", "json", "--ignore-not-found"};
const Argv k_record{"kubectl", "get", "configmap", "sentimark-prices", "-o", "json", "--ignore-not-found",
                    "-n",      "shop"};
const Argv k_replace{"kubectl", "replace", "-f", "-", "-o", "json"};
const Argv k_upgrade{"helm", "upgrade", "--install", "prices"};

class Never final : public sys::Stop {
 public:
  sys::StopKind kind() const override { return sys::StopKind::none; }
};

PodResult told(int code, const std::string& out, std::string errors = {}) {
  return {code, false, false, out.size(), digest::sha256_hex(out), out, std::move(errors)};
}

// Every command prints "N: " and its first two words, N being the number of its call, until the test wants another end.
struct Pods {
  wire::Job job = test::a_job();
  std::vector<PodBatch> batches;
  std::function<base::Result<std::vector<PodResult>>(const PodBatch&)> end = [this](const PodBatch& batch) {
    std::vector<PodResult> results;
    if (batch.guard) results.push_back(told(0, "{}"));
    for (const auto& command : batch.commands)
      results.push_back(told(0, std::to_string(batches.size()) + ": " + command.argv[0] + " " + command.argv[1]));
    return base::Result<std::vector<PodResult>>(std::move(results));
  };
  cluster::PodProcesses processes{job, [this](const PodBatch& batch, Millis) {
                                    batches.push_back(batch);
                                    return end(batch);
                                  }};

  base::Result<std::string> run(const Argv& argv, const std::string& input = {}) {
    SENTIMARK_LET(id, processes.start({argv, {}, input, {}}));
    (void)id;
    std::string text;
    for (;;) {
      const auto event = processes.wait_any({}, Never());
      if (event.kind == Kind::exited) return text + (event.exit_code == 0 ? "" : "!" + std::to_string(event.exit_code));
      text += event.kind == Kind::stopped ? "(stopped)" : event.text;
    }
  }
};

base::Result<std::vector<PodResult>> nobody_knows() {
  return base::fail(Outcome::unknown, "the pod was lost", "run again", "no-answer");
}

}  // namespace

TEST(PodProcesses, what_is_asked_next_goes_with_a_command_and_is_given_once) {
  Pods pods;
  EXPECT_EQ(pods.run(k_namespace).value(), "1: kubectl get");
  ASSERT_EQ(pods.batches[0].commands.size(), 2U);
  EXPECT_EQ(pods.batches[0].commands[1].argv, k_record);
  EXPECT_EQ(pods.run(k_record).value(), "1: kubectl get");
  EXPECT_EQ(pods.run(k_record).value(), "2: kubectl get");
}

TEST(PodProcesses, what_was_read_before_a_write_is_not_given_after_it) {
  Pods pods;
  ASSERT_TRUE(is_ok(pods.run(k_namespace)));
  ASSERT_TRUE(is_ok(pods.run(k_replace, "{}")));
  EXPECT_EQ(pods.run(k_record).value(), "3: kubectl get");
}

TEST(PodProcesses, helm_starts_only_behind_the_record_that_its_pod_replaces) {
  Pods pods;
  const std::string record = R"({"holder":{"token":"70ce"}})";
  const std::string object = json::to_text(json::Object{{"data", json::Object{{"record", record}}}});
  EXPECT_EQ(pods.run(k_upgrade, object).value(), "1: helm upgrade");
  ASSERT_TRUE(pods.batches[0].guard.has_value());
  EXPECT_EQ(pods.batches[0].guard->replace, k_replace);
  EXPECT_EQ(pods.batches[0].guard->object, object);
  EXPECT_EQ(pods.batches[0].guard->token, "70ce");
  EXPECT_TRUE(pods.processes.may_have_changed());
}

TEST(PodProcesses, a_guard_that_is_lost_is_no_trouble_and_helm_was_not_started) {
  Pods pods;
  pods.end = [](const PodBatch&) { return std::vector<PodResult>{told(1, "", "Error from server (Conflict): x")}; };
  const auto started = pods.run(k_upgrade, "{}");
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, "lost");
  EXPECT_FALSE(pods.processes.trouble().has_value());
}

TEST(PodProcesses, a_pod_that_was_told_to_go_stops_its_helm) {
  Pods pods;
  pods.end = [](const PodBatch& batch) {
    std::vector<PodResult> results(batch.commands.size() + 1, told(0, "x"));
    results[1].stopped = true;
    results[1].exit_code = 143;
    return results;
  };
  EXPECT_EQ(pods.run(k_upgrade, "{}").value(), "x(stopped)!143");
}

TEST(PodProcesses, a_write_of_which_nobody_knows_is_never_repeated_and_ends_all) {
  Pods pods;
  pods.end = [](const PodBatch&) { return nobody_knows(); };
  EXPECT_TRUE(has_kind(pods.run(k_replace, "{}"), Outcome::unknown));
  EXPECT_EQ(pods.batches.size(), 1U);
  EXPECT_TRUE(has_kind(pods.run(k_record), Outcome::unknown));
  EXPECT_EQ(pods.batches.size(), 1U);
  EXPECT_TRUE(pods.processes.may_have_changed());
}

TEST(PodProcesses, a_question_of_which_nobody_knows_is_asked_again_three_times_in_all) {
  Pods pods;
  pods.end = [](const PodBatch&) { return nobody_knows(); };
  EXPECT_TRUE(has_kind(pods.run(k_record), Outcome::unknown));
  EXPECT_EQ(pods.batches.size(), 3U);
  EXPECT_FALSE(pods.processes.may_have_changed());
}

TEST(PodProcesses, a_long_output_is_fetched_in_parts_as_long_as_it_stays_the_same) {
  for (const bool changes : {false, true}) {
    Pods pods;
    const std::string whole = "0123456789";
    pods.end = [&](const PodBatch& batch) {
      PodResult result = told(0, whole);
      const std::uint64_t offset = batch.commands[0].offset;
      result.part = whole.substr(offset, 4);
      if (changes && offset == 4) result.sha256 = digest::sha256_hex("another");
      return std::vector<PodResult>{result};
    };
    const auto text = pods.run({"kubectl", "logs", "web"});
    if (changes) {
      ASSERT_TRUE(has_kind(text, Outcome::refused));
      EXPECT_EQ(text.error().code, "too-much");
    } else {
      EXPECT_EQ(text.value(), whole);
      EXPECT_EQ(pods.batches.size(), 3U);
    }
  }
}

TEST(PodProcesses, no_secret_is_read_through_the_log_of_a_command) {
  Pods pods;
  const auto read = pods.run({"kubectl", "get", "secret", "sh.helm.release.v1.prices.v2", "-o", "json"});
  ASSERT_TRUE(has_kind(read, Outcome::refused));
  EXPECT_EQ(read.error().code, "no-record");
  EXPECT_TRUE(pods.batches.empty());
}
