// Workflow: what a step may tell the Actions runner: annotations, outputs, the step summary. Outside Actions it is
// silent. Limits and escaping: actions/runner src/Runner.Worker (ActionCommandManager.cs, FileCommandManager.cs).
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sys/log.hpp"
#include "sys/sys.hpp"

namespace sentimark::runner {

using Write = std::function<void(std::string_view)>;  // to one of the process's streams, at once and whole

inline constexpr std::size_t k_summary_limit = 900'000;  // bytes; the runner drops a whole summary over 1 MiB

// True in a step of GitHub Actions.
bool in_actions(const sys::Env& env);

// The page of this workflow run; empty outside Actions.
std::string run_url(const sys::Env& env);

// One workflow command with its data escaped: "::error file=F,line=1,col=2,title=T::text"; without a file, and without
// what is 0 or empty, less. A message is cut after 4,000 bytes.
std::string command_of(std::string_view command, std::string_view title, std::string_view text,
                       const sys::SourcePlace& place = {});

// Appends NAME<<DELIMITER to GITHUB_OUTPUT, with a random delimiter. Nothing outside Actions.
base::Done set_output(sys::Sys& sys, std::string_view name, std::string_view value);

// Whether anybody reads a summary: outside Actions there is none to write.
bool wants_summary(const sys::Env& env);

// Appends Markdown to the step summary. Nothing outside Actions.
base::Done add_summary(sys::Sys& sys, std::string_view markdown);

}  // namespace sentimark::runner
