// A rollout that is watched, with kubectl and helm as scripts.
#include "agent/work.hpp"
#include "base/text.hpp"
#include "unit/agent/cluster.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using test::Cluster;

namespace {

const char* const k_denied =
    "Error from server (Forbidden): deployments.apps \"web\" is forbidden: User \"u\" cannot get resource "
    "\"deployments\" in API group \"apps\" in the namespace \"shop\"\n";

struct Watched {
  Cluster cluster;
  sys::Sys sys = cluster.world.sys();
  agent::Work work{sys, Cluster::job_of(20)};
  base::Instant began = cluster.world.clock.monotonic();

  Watched() {
    wire::FenceRecord record;
    record.operation = test::k_ours;
    record.attempt = 1;
    record.state = wire::FenceState::watching;
    record.revision = 3;
    cluster.put(record);
    cluster.world.processes.when({"helm", "get", "manifest"}, fake::Script::prints_and_ends("kind: Deployment\n"));
    cluster.world.processes.when({"kubectl", "get", "pods,replicasets,endpointslices,events"},
                                 fake::Script::prints_and_ends(R"({"kind":"List","items":[]})"));
    EXPECT_TRUE(test::is_ok(work.fence.read()));
  }
  void looks(std::vector<fake::Script> scripts) {
    for (fake::Script& script : scripts) cluster.world.processes.when({"kubectl", "get", "-f"}, std::move(script));
  }
  base::Millis took() { return cluster.world.clock.monotonic() - began; }
};

}  // namespace

TEST(Rollout, what_may_not_be_seen_is_not_waited_for) {
  Watched watched;
  watched.looks({fake::Script::fails(k_denied)});
  const wire::Answer answer = agent::settle(watched.work);
  EXPECT_EQ(answer.verdict, wire::Verdict::progressing);
  EXPECT_EQ(answer.kind, base::row_of(base::Outcome::auth).word);
  EXPECT_TRUE(base::contains(answer.cause, "User \"u\" cannot get resource \"deployments\"")) << answer.cause;
  EXPECT_LT(watched.took(), Millis{5'000});
  EXPECT_EQ(watched.cluster.record.state, wire::FenceState::watching);  // whoever has the right joins it
}

TEST(Rollout, one_look_that_was_denied_is_no_proof) {
  Watched watched;
  const fake::Script other = fake::Script::fails("Unable to connect to the server: EOF\n");
  watched.looks({fake::Script::fails(k_denied), other, fake::Script::fails(k_denied), other});
  const wire::Answer answer = agent::settle(watched.work);
  EXPECT_EQ(answer.verdict, wire::Verdict::progressing);
  EXPECT_EQ(answer.kind, "");
  EXPECT_GE(watched.took(), Millis{30'000});
}
