// The agent: our half inside the cluster. It proves the bytes it was sent, then does one job and answers in a frame.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "sys/sys.hpp"

namespace sentimark::agent {

using Output = std::function<void(std::string_view)>;

// `arguments`: operation id, try, sha256 of job.json. Works on the files of the current directory and prints the framed
// answer through `out`. Returns 0 when an answer was printed, else the exit code of base::outcome_table (usage for bad
// arguments).
int run(sys::Sys& sys, const Output& out, std::span<const std::string> arguments);

}  // namespace sentimark::agent
