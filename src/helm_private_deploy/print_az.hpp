// --print-az: the same call by Microsoft's own program, for whoever wants to see it or cannot run ours.
#pragma once
#include "helm_private_deploy/plan.hpp"
#include "runner/run_program.hpp"
#include "sys/sys.hpp"

namespace sentimark::helm_private_deploy {

// Puts the files of the plan's first call into a fresh private folder and prints the `az aks command invoke` that sends
// them. The job in it holds for an hour. The folder stays: it is the caller's. Error: usage for transport local.
base::Result<runner::Ending> print_az(sys::Sys& sys, const Plan& plan);

// One word for a POSIX shell, whatever is in it.
std::string shell_word(const std::string& text);

}  // namespace sentimark::helm_private_deploy
