// verify manifests FILE...: what is wrong or risky in manifests before they meet a cluster.
#pragma once
#include <optional>

#include "runner/run_program.hpp"
#include "verify/chart.hpp"
#include "verify/manifests_inputs.hpp"
#include "verify/report.hpp"

namespace sentimark::verify {

inline constexpr std::string_view k_manifests_cure = "mend what fails, or accept it with a reason in the policy file";

// Files, "-" for standard input, or a chart. refused when a finding fails. Side effects: the files of the inputs
// sarif-file, junit-file, patch-file and write-baseline; in Actions annotations, and SARIF in any case.
// Errors: usage, and config with file:line:column for what cannot be parsed.
base::Result<runner::Ending> run_manifests(sys::Sys& sys, const runner::Inputs& inputs);

// What of the inputs' files, and of the chart where it is there, breaks which rule. Side effects: the files of
// patch-file and write-baseline. Errors: as above.
base::Result<Judged> judge_manifests(sys::Sys& sys, const ManifestsInputs& inputs, const ChartRender* chart);

// The chart of the inputs with its values; nothing where none was given. Errors: config.
base::Result<std::optional<ChartRender>> render_chart(sys::Sys& sys, const ManifestsInputs& inputs);

}  // namespace sentimark::verify
