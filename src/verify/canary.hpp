// verify canary FILE...: the same .hurl files as load on the stable release and on its canary, in turn, and whether the
// canary is worse.
#pragma once
#include "runner/run_program.hpp"
#include "verify/run.hpp"

namespace sentimark::verify {

// Outcome ok with the verdict pass or warn, refused with fail and the output canary-weight 0, inconclusive, or invalid
// where the generator itself was the limit. Errors and side effects: those of run_load.
base::Result<runner::Ending> run_canary(const Outside& outside, const runner::Inputs& inputs);

}  // namespace sentimark::verify
