// The frame of every program: read the inputs, do the job, tell how it ended in every way that a caller may look at.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "runner/inputs.hpp"
#include "runner/workflow.hpp"
#include "sys/sys.hpp"

namespace sentimark::runner {

// What is wrong at a place in a file of the user's.
struct Remark {
  sys::Level level = sys::Level::error;  // warning or error
  sys::SourcePlace place;
  std::string text;
};

struct Ending {
  base::Outcome outcome = base::Outcome::ok;
  std::string reason;  // one sentence of cause; empty after success
  std::string cure;
  std::vector<std::pair<std::string, std::string>> outputs;  // beside status and exit-reason, which come by themselves
  std::vector<Remark> remarks;                               // worst first; told up to 8 of a level, then their number
  std::string summary;                                       // Markdown; empty: none
  std::string text;                                          // the result on standard output
  json::Value data;                                          // the same for --format json
};

using Job = std::function<base::Result<Ending>(const Inputs&)>;

// Returns the exit code of base::outcome_table. Side effects: standard output carries the result (--format),
// GITHUB_OUTPUT the outputs, GITHUB_STEP_SUMMARY and the file of the output summary-file the summary; a failure is one
// annotation.
int run_program(sys::Sys& sys, const Program& program, std::span<const std::string> arguments, const Write& out,
                const Job& job);

}  // namespace sentimark::runner
