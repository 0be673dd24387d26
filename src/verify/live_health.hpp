// verify health of a release: judged in its cluster, waited for, and soaked.
#pragma once
#include "cluster/door.hpp"
#include "runner/run_program.hpp"
#include "sys/http.hpp"

namespace sentimark::verify {

// Through the door that the inputs name: looks of 30, 15, 30 and 60 s until the release is decided, at most for the
// timeout; with a soak that much longer. Nothing in the cluster is changed, so that a call of which nobody knows what
// became is simply made again. Without a verdict by then: inconclusive, with what was missing.
// Errors: usage, config (chart, kinds), refused (no such release), interrupted, and those of the door.
base::Result<runner::Ending> run_live_health(sys::Sys& sys, sys::Http& http, const runner::Inputs& inputs);

// The same through a door that is there. Precondition: the input release is given.
base::Result<runner::Ending> look_through(sys::Sys& sys, cluster::Door& door, const runner::Inputs& inputs);

}  // namespace sentimark::verify
