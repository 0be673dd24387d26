#include "cluster/readiness.hpp"

#include <functional>

#include "azure/arm_error.hpp"
#include "base/text.hpp"

namespace sentimark::cluster {
namespace {

using azure::ManagedCluster;
using base::Outcome;

constexpr base::Millis k_look{10'000};  // the provider gives one GET a second for each cluster, to everybody together
constexpr base::Millis k_tell{60'000};

std::string state_of(const ManagedCluster& cluster) {
  return "power state " + (cluster.power_state.empty() ? "unknown" : cluster.power_state) + ", provisioning state " +
         (cluster.provisioning_state.empty() ? "unknown" : cluster.provisioning_state);
}

base::Error stopped(const azure::ClusterId& id, const std::string& power_state) {
  return base::fail(Outcome::refused, "cluster " + id.name + " is not running: its power state is " + power_state,
                    "start it (az aks start --resource-group " + id.resource_group + " --name " + id.name +
                        ") and run again, or set wake: true",
                    "stopped");
}

// Looks until `enough`; `cluster` is the first look.
base::Result<ManagedCluster> wait(sys::Sys& sys, azure::Arm& arm, ManagedCluster cluster, base::Instant deadline,
                                  const std::function<bool(const ManagedCluster&)>& enough) {
  base::Instant tell = sys.clock.monotonic();
  while (!enough(cluster)) {
    const base::Instant now = sys.clock.monotonic();
    if (now >= tell) {
      sys.log.info("waiting for cluster " + arm.id().name + ": " + state_of(cluster));
      tell = now + k_tell;
    }
    if (now + k_look >= deadline) {  // a look at the deadline itself has no time left
      return base::fail(Outcome::timeout, "cluster " + arm.id().name + " was not ready in time: " + state_of(cluster),
                        "look at its operation in Azure, or give a longer timeout");
    }
    if (!sys.clock.sleep_until(now + k_look, sys.stop)) {
      return base::fail(Outcome::interrupted, "told to stop while waiting for cluster " + arm.id().name,
                        "run the same job again");
    }
    SENTIMARK_LET(next, arm.cluster(deadline));
    cluster = next;
  }
  return cluster;
}

}  // namespace

base::Result<ManagedCluster> ready(sys::Sys& sys, azure::Arm& arm, bool wake, base::Instant deadline) {
  SENTIMARK_LET(cluster, arm.cluster(deadline));
  if (cluster.run_command_disabled) {
    return base::fail(
        Outcome::refused, "run command is disabled on cluster " + arm.id().name,
        "enable it (az aks update --enable-run-command), or use transport: local on a runner inside the network",
        "run-command-disabled");
  }
  if (cluster.running) return cluster;
  if (!wake) return stopped(arm.id(), cluster.power_state);
  // Whatever it is doing (it may just be stopping) ends first; it may even end as a running cluster.
  const auto settled = [](const ManagedCluster& one) { return one.settled; };
  SENTIMARK_LET(idle, wait(sys, arm, cluster, deadline, settled));
  if (idle.running) return idle;
  sys.log.info("starting cluster " + arm.id().name + ", which takes some minutes");
  if (base::Done started = arm.start_cluster(deadline); !started && !azure::is_busy(started.error()))
    return started.error();
  SENTIMARK_LET(asked, arm.cluster(deadline));
  SENTIMARK_LET(awake, wait(sys, arm, asked, deadline, [](const ManagedCluster& one) {
                  return one.settled &&
                         (one.running || !base::equals_ignoring_case(one.provisioning_state, "Succeeded"));
                }));
  if (awake.running) return awake;
  return base::fail(Outcome::remote, "cluster " + arm.id().name + " did not start: " + state_of(awake),
                    "look at its operation in Azure");
}

base::Done settle(sys::Sys& sys, azure::Arm& arm, base::Instant deadline) {
  SENTIMARK_LET(cluster, arm.cluster(deadline));
  SENTIMARK_LET(settled, wait(sys, arm, cluster, deadline, [](const ManagedCluster& one) { return one.settled; }));
  (void)settled;
  return {};
}

}  // namespace sentimark::cluster
