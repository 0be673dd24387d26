// A try that is told to stop while it is at work: docs/protocols/fence.md. Row B-24.
#include "agent/work.hpp"
#include "unit/agent/cluster.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using test::Cluster;
using test::is_ok;
using test::k_ours;
using wire::FenceState;

namespace {

const std::vector<std::string> k_helm{"helm", "upgrade"};

// The holder of try 1, with a helm that takes a minute.
struct Holder {
  Cluster cluster;
  sys::Sys sys = cluster.world.sys();
  agent::Work work{sys, Cluster::job_of(20)};

  Holder() {
    cluster.put(ended_before());
    fake::Script helm;
    helm.lasts = Millis{60'000};
    cluster.world.processes.when(k_helm, helm);
    const auto claimed = work.fence.claim_deploy();
    EXPECT_TRUE(is_ok(claimed) && *claimed == agent::ClaimResult::held);
  }
  static wire::FenceRecord ended_before() {
    wire::FenceRecord made;
    made.operation = test::k_other;
    made.attempt = 1;
    made.state = FenceState::succeeded;
    return made;
  }
  // Another pod: the stop job of this try.
  wire::Answer stop() {
    wire::Job job = Cluster::job_of(21);
    job.kind = wire::JobKind::stop;
    job.watch_for = Millis{0};
    agent::Work other(sys, job);
    auto answer = agent::stop(other);
    EXPECT_TRUE(is_ok(answer));
    return answer ? *answer : wire::Answer();
  }
  base::Result<agent::HelmRun> run() { return agent::run_helm(work, k_helm); }
};

}  // namespace

TEST(Stop, a_holder_ends_helm_at_its_next_heartbeat) {
  Holder holder;
  const base::Instant began = holder.cluster.world.clock.monotonic();
  const std::string token = holder.cluster.record.holder.token;
  holder.cluster.world.clock.plan(began + Millis{15'000}, [&] {
    EXPECT_EQ(holder.stop().verdict, wire::Verdict::running);
    EXPECT_EQ(holder.cluster.record.state, FenceState::running);  // what a live holder holds is its own
    EXPECT_EQ(holder.cluster.record.holder.token, token);
  });
  const auto run = holder.run();
  ASSERT_TRUE(is_ok(run));
  EXPECT_TRUE(run->stopped);
  EXPECT_FALSE(run->lost);
  ASSERT_EQ(holder.cluster.world.processes.signals.size(), 1U);
  EXPECT_EQ(holder.cluster.world.processes.signals.front().second, sys::Signal::terminate);
  EXPECT_EQ(holder.cluster.world.clock.monotonic(), began + Millis{20'000});
  ASSERT_TRUE(is_ok(agent::store(holder.work, [](wire::FenceRecord& record) {
    record.state = FenceState::failed;
    record.holder = {};
  })));
  EXPECT_EQ(holder.cluster.record.state, FenceState::interrupted);
}

TEST(Stop, a_holder_that_knows_of_it_starts_no_helm) {
  Holder holder;
  (void)holder.stop();
  ASSERT_TRUE(is_ok(holder.work.fence.read()));
  const auto run = holder.run();
  ASSERT_TRUE(is_ok(run));
  EXPECT_TRUE(run->stopped);
  EXPECT_EQ(holder.cluster.world.processes.count(k_helm), 0U);
}

// Helm had come to its end when it was told: there is no rollout to wait for.
TEST(Stop, what_helm_has_ended_meanwhile_is_not_watched) {
  Holder holder;
  holder.cluster.world.clock.plan(holder.cluster.world.clock.monotonic() + Millis{55'000},
                                  [&] { (void)holder.stop(); });
  const auto run = holder.run();
  ASSERT_TRUE(is_ok(run));
  EXPECT_FALSE(run->stopped);
  const auto stored = agent::store(holder.work, [](wire::FenceRecord& record) {
    record.state = FenceState::watching;
    record.holder = {};
  });
  ASSERT_TRUE(is_ok(stored));
  EXPECT_TRUE(*stored);
  EXPECT_EQ(holder.cluster.record.state, FenceState::interrupted);
  EXPECT_EQ(agent::settle(holder.work).verdict, wire::Verdict::interrupted);
}

TEST(Stop, a_try_that_has_not_begun_never_does) {
  Holder holder;  // of try 1, while a pod of try 2 is on its way
  wire::Job job = Cluster::job_of(30, 2);
  job.kind = wire::JobKind::stop;
  job.watch_for = Millis{0};
  agent::Work other(holder.sys, job);
  ASSERT_TRUE(is_ok(agent::stop(other)));
  EXPECT_TRUE(holder.cluster.record.stop);
  job.kind = wire::JobKind::deploy;
  agent::Work late(holder.sys, job);
  const auto claimed = late.fence.claim_deploy();
  ASSERT_TRUE(is_ok(claimed));
  EXPECT_EQ(*claimed, agent::ClaimResult::leave);
  const wire::Answer told = agent::recorded(late);
  EXPECT_EQ(told.verdict, wire::Verdict::left);
  EXPECT_EQ(told.earlier_try, 2);
}
