// verify manifests FILE...: what is wrong or risky in manifests before they meet a cluster.
#pragma once
#include "runner/run_program.hpp"
#include "verify/chart.hpp"
#include "verify/manifests_inputs.hpp"

namespace sentimark::verify {

// Files, "-" for standard input, or a chart. refused when a finding fails. Side effects: the files of the inputs
// sarif-file, junit-file, patch-file and write-baseline; in Actions annotations, and SARIF in any case.
// Errors: usage, and config with file:line:column for what cannot be parsed.
base::Result<runner::Ending> run_manifests(sys::Sys& sys, const runner::Inputs& inputs);

// The chart of the inputs with its values. Errors: config.
base::Result<ChartRender> render_chart(sys::Sys& sys, const ManifestsInputs& inputs);

}  // namespace sentimark::verify
