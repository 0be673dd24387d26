// The job that judges a release where it runs, with kubectl and helm as scripts: DV-02, DV-03, B-15, B-19.
#include <gtest/gtest.h>

#include "agent/work.hpp"
#include "base/text.hpp"
#include "fake/sys.hpp"
#include "json/text.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::is_ok;
using wire::Verdict;

namespace {

const std::string k_written =
    R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":1,)"
    R"("template":{"spec":{"containers":[{"name":"web","image":"r/web:1"}]}}}})";

std::string deployment(int ready, const std::string& image) {
  return R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop","uid":"d","generation":1},)"
         R"("spec":{"replicas":1,"template":{"spec":{"containers":[{"name":"web","image":")" +
         image + R"("}]}}},"status":{"observedGeneration":1,"replicas":1,"updatedReplicas":1,"readyReplicas":)" +
         std::to_string(ready) + R"(,"availableReplicas":)" + std::to_string(ready) +
         R"(,"conditions":[{"type":"Available","status":"True"}]}})";
}

// A cluster that answers kubectl and helm as it stands at the moment.
class Cluster {
 public:
  Cluster() {
    world.processes.when({"helm", "history"}, [this](const sys::Command&) {
      return fake::Script::prints_and_ends(R"([{"revision":4,"status":")" + status + R"(","description":"why"}])");
    });
    world.processes.when({"helm", "get", "manifest"}, fake::Script::prints_and_ends("kind: Deployment\n"));
    world.processes.when({"kubectl", "patch", "--local"}, fake::Script::prints_and_ends(k_written + "\n"));
    world.processes.when({"kubectl", "get", "-f"}, [this](const sys::Command&) {
      if (!missing.empty()) return fake::Script::fails("Error from server (NotFound): " + missing + "\n");
      return fake::Script::prints_and_ends(deployment(ready, image));
    });
    world.processes.when({"kubectl", "get"}, [this](const sys::Command&) {
      return fake::Script::prints_and_ends(
          R"({"kind":"List","items":[{"kind":"ReplicaSet","metadata":{"uid":"rs","ownerReferences":[{"controller":true,"uid":"d"}]}},)"
          R"({"kind":"Pod","metadata":{"name":"web-1","namespace":"shop","uid":"p","ownerReferences":[{"controller":true,"uid":"rs"}]},)"
          R"("spec":{"containers":[{"name":"web","image":")" +
          image +
          R"("}]},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}],)"
          R"("containerStatuses":[{"name":"web","restartCount":)" +
          std::to_string(restarts) +
          R"(,"state":{"running":{}},"lastState":{"terminated":{"reason":"Error","exitCode":3}}}]}}]})");
    });
  }

  base::Result<wire::Answer> ask(const std::function<void(wire::Job&)>& change = {}) {
    wire::Job job;
    job.kind = wire::JobKind::health;
    job.operation = std::string(32, 'a');
    job.release = "web";
    job.namespace_name = "shop";
    job.drift = true;
    if (change) change(job);
    sys::Sys sys = world.sys();
    agent::Work work(sys, job);
    return agent::health(work);
  }

  void later(base::Millis span, std::function<void()> action) {
    world.clock.plan(world.clock.monotonic() + span, std::move(action));
  }

  fake::FakeSys world;
  std::string status = "deployed";
  std::string image = "r/web:1";
  std::string missing;
  int ready = 1;
  int restarts = 0;
};

void soak_a_minute(wire::Job& job) {
  job.soak = base::Millis{60'000};
  job.watch_for = base::Millis{65'000};
}

}  // namespace

TEST(AgentHealth, waits_for_what_is_on_its_way_and_no_longer) {
  Cluster cluster;
  cluster.ready = 0;
  cluster.later(base::Millis{9'000}, [&] { cluster.ready = 1; });
  const auto began = cluster.world.clock.monotonic();
  const auto answer = cluster.ask([](wire::Job& job) { job.watch_for = base::Millis{30'000}; });
  ASSERT_TRUE(is_ok(answer));
  EXPECT_EQ(answer->verdict, Verdict::healthy);
  EXPECT_EQ(answer->revision, 4);
  EXPECT_LT(cluster.world.clock.monotonic() - began, base::Millis{12'000});
  EXPECT_EQ(answer->details["objects"].items().at(0)["status"].string_or_empty(), "current");
  EXPECT_TRUE(answer->details["drift"].items().empty());
}

TEST(AgentHealth, out_of_time_it_says_what_is_missing_and_lends_a_cursor) {
  Cluster cluster;
  cluster.ready = 0;
  const auto answer = cluster.ask([](wire::Job& job) { job.watch_for = base::Millis{5'000}; });
  ASSERT_TRUE(is_ok(answer));
  EXPECT_EQ(answer->verdict, Verdict::progressing);
  EXPECT_TRUE(base::contains(answer->cause, "Deployment shop/web: 0 of 1 replicas ready")) << answer->cause;
  EXPECT_EQ(answer->details["cursor"]["revision"].int_or(0), 4);
}

TEST(AgentHealth, a_soak_ends_well_when_nothing_moves) {
  Cluster cluster;
  const auto began = cluster.world.clock.monotonic();
  const auto answer = cluster.ask(soak_a_minute);
  ASSERT_TRUE(is_ok(answer));
  EXPECT_EQ(answer->verdict, Verdict::healthy) << answer->cause;
  EXPECT_GE(cluster.world.clock.monotonic() - began, base::Millis{60'000});
}

TEST(AgentHealth, a_restart_within_the_soak_ends_it_with_its_name) {
  Cluster cluster;
  cluster.later(base::Millis{20'000}, [&] { cluster.restarts = 1; });
  const auto answer = cluster.ask(soak_a_minute);
  ASSERT_TRUE(is_ok(answer));
  EXPECT_EQ(answer->verdict, Verdict::doomed);
  EXPECT_EQ(
      answer->cause,
      "container web of pod web-1 was restarted, 0 restarts before and 1 after; its last run ended with Error, exit "
      "code 3");
  EXPECT_EQ(answer->details["soak"]["moved"].items().size(), 1U);
}

// The restart fell between two calls: the cursor remembers what stood before.
TEST(AgentHealth, a_soak_goes_on_from_call_to_call) {
  Cluster cluster;
  const auto first = cluster.ask([](wire::Job& job) {
    job.soak = base::Millis{60'000};
    job.watch_for = base::Millis{10'000};
  });
  ASSERT_TRUE(is_ok(first));
  EXPECT_EQ(first->verdict, Verdict::progressing);
  EXPECT_TRUE(base::contains(first->cause, "healthy for ")) << first->cause;
  cluster.world.clock.advance(base::Millis{55'000});
  const auto still = cluster.ask([&](wire::Job& job) {
    job.soak = base::Millis{60'000};
    job.cursor = first->details["cursor"];
  });
  ASSERT_TRUE(is_ok(still));
  EXPECT_EQ(still->verdict, Verdict::healthy);
  cluster.restarts = 2;
  const auto restarted = cluster.ask([&](wire::Job& job) {
    job.soak = base::Millis{60'000};
    job.cursor = first->details["cursor"];
  });
  ASSERT_TRUE(is_ok(restarted));
  EXPECT_EQ(restarted->verdict, Verdict::doomed);
}

TEST(AgentHealth, an_object_that_is_gone_fails_unless_helm_is_at_work) {
  Cluster cluster;
  cluster.missing = "deployments.apps \"web\" not found";
  const auto gone = cluster.ask();
  ASSERT_TRUE(is_ok(gone));
  EXPECT_EQ(gone->verdict, Verdict::doomed);
  EXPECT_EQ(gone->cause, "Deployment shop/web of the release does not exist");
  cluster.status = "pending-upgrade";
  const auto coming = cluster.ask();
  ASSERT_TRUE(is_ok(coming));
  EXPECT_EQ(coming->verdict, Verdict::progressing);
  EXPECT_TRUE(base::contains(coming->cause, "helm is at work on revision 4: pending-upgrade")) << coming->cause;
}

TEST(AgentHealth, what_helm_says_of_the_release_counts) {
  Cluster cluster;
  cluster.status = "failed";
  const auto failed = cluster.ask();
  ASSERT_TRUE(is_ok(failed));
  EXPECT_EQ(failed->verdict, Verdict::doomed);
  EXPECT_EQ(failed->cause, "helm says that revision 4 has failed: why");
}

TEST(AgentHealth, drift_is_told_beside_a_healthy_verdict) {
  Cluster cluster;
  cluster.image = "r/web:2";
  const auto answer = cluster.ask();
  ASSERT_TRUE(is_ok(answer));
  EXPECT_EQ(answer->verdict, Verdict::healthy);
  ASSERT_EQ(answer->details["drift"].items().size(), 1U);
  EXPECT_EQ(answer->details["drift"].items()[0]["field"].string_or_empty(), "container web image");
}

// Nothing that it starts could change anything, and it never looks at the fence.
TEST(AgentHealth, reads_and_takes_no_fence) {
  Cluster cluster;
  ASSERT_TRUE(is_ok(cluster.ask(soak_a_minute)));
  for (const sys::Command& command : cluster.world.processes.started) {
    const auto& argv = command.argv;
    const bool reads = argv[1] == "get" || argv[1] == "history" || (argv[1] == "patch" && argv[2] == "--local");
    EXPECT_TRUE(reads) << argv[0] << " " << argv[1];
    for (const std::string& word : argv) EXPECT_FALSE(base::contains(word, "sentimark-web")) << word;
  }
}
