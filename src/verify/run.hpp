// The job of verify: the verb that was asked for.
#pragma once
#include "runner/run_program.hpp"

namespace sentimark::verify {

base::Result<runner::Ending> run(sys::Sys& sys, const runner::Inputs& inputs);

}  // namespace sentimark::verify
