// verify load FILE...: .hurl files as load, and whether the service bears it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "runner/run_program.hpp"
#include "verify/hurl_inputs.hpp"
#include "verify/load_report.hpp"
#include "verify/run.hpp"

namespace sentimark::verify {

// Outcome ok with the verdict pass or warn, refused with fail, inconclusive, or invalid where the generator itself was
// the limit. Before the first request: usage for inputs; config for a file that cannot be read or holds what is
// refused. Side effects: the requests, and the reports that were asked for.
base::Result<runner::Ending> run_load(const Outside& outside, const runner::Inputs& inputs);

// All that is needed for the first request.
struct LoadJob {
  LoadPlan plan;
  std::vector<hurl::File> files;
  hurl::Variables variables;
  hurl::RunOptions options;
  base::Millis timeout{0};
  FindRoots find_roots;
  std::optional<load::Histogram> baseline;
  std::vector<hurl::Variables> sides = {{}};  // each file is a scenario for each of them, with these as its own
};

// Reads and checks the files, and the baseline where one is named. `inputs` must live as long as the job. Errors: as
// above; what is wrong with a file is a remark of the ending as well.
base::Result<LoadJob> plan_load(sys::Sys& sys, const runner::Inputs& inputs, const std::vector<std::string>& files,
                                const std::string& baseline_file, runner::Ending& ending);

// Error: interrupted. Whatever the service does is measured.
base::Result<load::Measurement> measure(const Outside& outside, const LoadJob& job);

load::Rules rules_of(const LoadPlan& plan);

LoadReport judged(const LoadJob& job, load::Measurement measurement);

}  // namespace sentimark::verify
