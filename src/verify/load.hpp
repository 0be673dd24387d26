// verify load FILE...: .hurl files as load, and whether the service bears it.
#pragma once
#include "runner/run_program.hpp"
#include "verify/run.hpp"

namespace sentimark::verify {

// Outcome ok with the verdict pass or warn, refused with fail, inconclusive, or invalid where the generator itself was
// the limit. Before the first request: usage for inputs; config for a file that cannot be read or holds what is
// refused. Side effects: the requests, and the reports that were asked for.
base::Result<runner::Ending> run_load(const Outside& outside, const runner::Inputs& inputs);

}  // namespace sentimark::verify
