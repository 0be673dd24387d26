// verify release: all areas of a release under one profile, and one verdict.
#pragma once
#include "runner/run_program.hpp"
#include "verify/run.hpp"

namespace sentimark::verify {

// Everything is read and checked before the cluster or a service is asked. Outcome ok with the verdict pass or warn,
// refused with fail, inconclusive or invalid. Side effects: the files of the inputs verdict-file, html-file, sarif-file
// and junit-file (in Actions all but the last in any case), and those of the areas.
// Errors: usage, config, interrupted. What keeps one area from its answer is a verdict of that area: area.hpp.
base::Result<runner::Ending> run_release(const Outside& outside, const runner::Inputs& inputs);

}  // namespace sentimark::verify
