// --explain-values: which line of which file a final value comes from.
#pragma once
#include "helm_private_deploy/inputs.hpp"
#include "runner/run_program.hpp"
#include "sys/sys.hpp"

namespace sentimark::helm_private_deploy {

// Reads the chart and the values and asks nobody. A key that nothing sets is told as such, with the nearest one.
// Errors: config with file, line and column; usage for what is no key.
base::Result<runner::Ending> explain_values(sys::Sys& sys, const DeployInputs& inputs);

}  // namespace sentimark::helm_private_deploy
