// verify health --file FILE: what each object of a file says of itself, for a person who asks why one is stuck.
#pragma once
#include "runner/run_program.hpp"

namespace sentimark::verify {

// One row for each object in the order of the file, with status, reason and message. refused when one has failed,
// inconclusive when one is not ready yet, ok when all are current or suspended. Errors: usage, and those of
// objects.hpp.
base::Result<runner::Ending> run_health(sys::Sys& sys, const runner::Inputs& inputs);

}  // namespace sentimark::verify
