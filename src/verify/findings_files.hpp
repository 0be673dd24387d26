// The files that carry findings to other tools: SARIF and JUnit XML.
#pragma once
#include <span>
#include <vector>

#include "runner/run_program.hpp"
#include "verify/finding.hpp"
#include "verify/junit.hpp"

namespace sentimark::verify {

// Where a result is written: as asked; else, in Actions, a fresh file of this name, so that a later step finds it
// whatever was asked; else empty, and it is not.
base::Result<std::string> file_for(sys::Sys& sys, const std::string& asked, std::string_view name);

// Writes what every reader of the repository may read, without any secret. Nothing for an empty path.
base::Done write_result(sys::Sys& sys, const std::string& path, std::string_view text);

// Writes the files of the inputs sarif-file and junit-file, and adds the outputs of these names.
base::Done write_findings(sys::Sys& sys, const runner::Inputs& inputs, const std::vector<Finding>& findings,
                          std::span<const JunitSuite> suites, runner::Ending& ending);

}  // namespace sentimark::verify
