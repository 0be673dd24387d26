#include "agent/fence_keeper.hpp"

#include <gtest/gtest.h>

#include "unit/agent/cluster.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using agent::ClaimResult;
using test::has_kind;
using test::is_ok;
using wire::FenceState;

namespace {

using test::Cluster;
using test::k_other;
using test::k_ours;

wire::FenceRecord of_another(FenceState state) {
  wire::FenceRecord made;
  made.operation = k_other;
  made.attempt = 1;
  made.order = 10;
  made.state = state;
  if (state == FenceState::running) made.holder = {"token", "aks-command", "command-b", ""};
  return made;
}

}  // namespace

// X-10: what was refused is not begun by another pod of the same POST, also not when the holder has come to its end.
TEST(FenceKeeper, writes_a_refusal_down_before_it_is_told) {
  Cluster cluster;
  cluster.put(of_another(FenceState::running));
  const auto refused = cluster.claim(20);
  ASSERT_TRUE(has_kind(refused, base::Outcome::refused));
  EXPECT_EQ(refused.error().code, "held");
  EXPECT_EQ(cluster.record.earlier, std::vector<std::string>{k_ours + "/1 refused"});
  EXPECT_EQ(cluster.record.holder.pod, "command-b");
  cluster.record.state = FenceState::succeeded;
  const auto twin = cluster.claim(20);
  ASSERT_TRUE(is_ok(twin));
  EXPECT_EQ(*twin, ClaimResult::leave);
  EXPECT_EQ(cluster.record.operation, k_other);
}

// Half a minute goes by while it is proved that nobody waits for a verdict: what is written in it counts.
TEST(FenceKeeper, decides_again_on_what_was_written_during_the_proof) {
  Cluster cluster;
  cluster.put(of_another(FenceState::watching));
  cluster.world.clock.plan(cluster.world.clock.monotonic() + base::Millis{12'000}, [&] {
    wire::FenceRecord noted = cluster.record;
    noted.earlier.push_back(k_ours + "/1 refused");
    cluster.put(std::move(noted));
  });
  const auto claimed = cluster.claim(20);
  ASSERT_TRUE(is_ok(claimed));
  EXPECT_EQ(*claimed, ClaimResult::leave);
  EXPECT_EQ(cluster.record.state, FenceState::watching);
}

// The dead holder was an earlier try of ours; before that is proved somebody else's deploy takes the fence: no try of
// ours to follow.
TEST(FenceKeeper, follows_nobody_who_took_the_fence_during_the_proof) {
  Cluster cluster;
  wire::FenceRecord dead = of_another(FenceState::running);
  dead.operation = k_ours;
  dead.holder.pod = "command-gone";
  cluster.put(dead);
  cluster.world.processes.when({"kubectl", "get", "pod", "command-gone"},
                               fake::Script::prints_and_ends(R"({"kind":"Pod","status":{"phase":"Failed"}})"));
  cluster.world.clock.plan(cluster.world.clock.monotonic() + base::Millis{12'000}, [&] {
    wire::FenceRecord taken = of_another(FenceState::running);
    taken.heartbeat = cluster.record.heartbeat + 1;
    cluster.put(std::move(taken));
  });
  const auto refused = cluster.claim(20, 2);
  ASSERT_TRUE(has_kind(refused, base::Outcome::refused));
  EXPECT_EQ(refused.error().code, "held");
  EXPECT_EQ(cluster.record.earlier.front(), k_ours + "/2 refused");
}

// X-10: a pod that starts late, and whose operation was never in the record, leaves what came after it.
TEST(FenceKeeper, leaves_a_newer_operation_alone) {
  Cluster cluster;
  cluster.put(of_another(FenceState::succeeded));
  const auto late = cluster.claim(9);
  ASSERT_TRUE(is_ok(late));
  EXPECT_EQ(*late, ClaimResult::leave);
  const auto newer = cluster.claim(11);
  ASSERT_TRUE(is_ok(newer));
  EXPECT_EQ(*newer, ClaimResult::held);
  EXPECT_EQ(cluster.record.operation, k_ours);
  EXPECT_EQ(cluster.record.order, 11);
}
