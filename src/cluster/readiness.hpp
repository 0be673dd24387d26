// Readiness: brings a cluster behind Azure to where it takes commands, or says what stands in the way.
#pragma once
#include "azure/arm.hpp"
#include "sys/sys.hpp"

namespace sentimark::cluster {

// Reads the cluster until it runs. A stopped one is started when `wake`: it costs money from then on, so only on
// request. Says what it waits for in the log, at most once a minute.
// Errors: refused ("stopped", "run-command-disabled"), timeout, interrupted, and those of Arm.
base::Result<azure::ManagedCluster> ready(sys::Sys& sys, azure::Arm& arm, bool wake, base::Instant deadline);

// Waits until no operation is in progress on the cluster: after a call that was refused for one.
base::Done settle(sys::Sys& sys, azure::Arm& arm, base::Instant deadline);

}  // namespace sentimark::cluster
