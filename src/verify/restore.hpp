// verify restore FILE...: a restore drill measured: how long the service was away, and how much of its data is lost.
#pragma once
#include "runner/run_program.hpp"
#include "verify/run.hpp"

namespace sentimark::verify {

// Runs the .hurl files again and again until all hold and one has captured a marker, at most for the input timeout.
// Outcome ok with the verdict pass or warn; refused with fail: a limit is exceeded, or the data are not the drill's;
// inconclusive where the service did not answer in time and no limit says more. Side effects: the requests, and the
// reports that were asked for. Before the first request: usage for inputs, config for files. Error: interrupted.
base::Result<runner::Ending> run_restore(const Outside& outside, const runner::Inputs& inputs);

}  // namespace sentimark::verify
