// verify http FILE...: .hurl files run against a service, and what they found.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "hurl/run.hpp"
#include "runner/run_program.hpp"
#include "sys/stream.hpp"
#include "verify/hurl_inputs.hpp"

namespace sentimark::verify {

inline constexpr std::string_view k_http_cure = "look at the service, or at the check";

// Outcome ok with the verdict pass, or warn where a certificate was not looked at; refused with the verdict fail.
// Before the first request: usage for inputs; config for a file that cannot be read, that holds what is refused (each
// named with its place), or a list of authorities. Side effects: the requests, and the reports that were asked for.
base::Result<runner::Ending> run_http(sys::Sys& sys, sys::Network& network, const runner::Inputs& inputs);

// All that is needed for the first request.
struct HttpPlan {
  std::vector<hurl::File> files;
  hurl::Variables variables;
  hurl::RunOptions options;
  base::Millis timeout{0};  // for all files together
  FindRoots find_roots;
};

// Reads and checks the files. `inputs` must live as long as the plan. Errors: as above; what is wrong with a file is a
// remark of the ending as well.
base::Result<HttpPlan> plan_http(sys::Sys& sys, const runner::Inputs& inputs, const std::vector<std::string>& files,
                                 runner::Ending& ending);

// What the files found, without any secret. Error: interrupted.
base::Result<std::vector<hurl::FileResult>> ask(sys::Sys& sys, sys::Network& network, const HttpPlan& plan);

// The files of the inputs tap-file and json-file.
base::Done write_http_files(sys::Sys& sys, const runner::Inputs& inputs, std::span<const hurl::FileResult> results);

}  // namespace sentimark::verify
