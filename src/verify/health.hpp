// verify health: what each object of a file, or of a release in a cluster, says of itself, and why one is stuck.
#pragma once
#include "runner/run_program.hpp"
#include "sys/http.hpp"

namespace sentimark::verify {

// With files: one row for each object in their order, as they stand. Without: the release (live_health.hpp). Side
// effects: the files of the inputs sarif-file and junit-file; in Actions SARIF in any case. refused when one has
// failed, inconclusive when one is not ready yet, ok when all are current or suspended. Errors: usage, those of
// objects.hpp, and of a release those of live_health.hpp.
base::Result<runner::Ending> run_health(sys::Sys& sys, sys::Http& http, const runner::Inputs& inputs);

// The file of the input kinds, as kube::CustomKinds takes it and proved to be taken; null when none was given.
// Error: config.
base::Result<json::Value> read_kinds(sys::Sys& sys, const runner::Inputs& inputs);

}  // namespace sentimark::verify
