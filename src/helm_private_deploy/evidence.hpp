// Evidence of a failed try as files, for a later step to keep.
#pragma once
#include <string>

#include "helm_private_deploy/deploy.hpp"

namespace sentimark::helm_private_deploy {

// Writes each piece under a fresh private folder (below RUNNER_TEMP in Actions) and returns the folder; empty when
// there is no evidence. Names that could leave the folder are refused. Texts are redacted.
base::Result<std::string> keep_evidence(sys::Sys& sys, const Report& report);

}  // namespace sentimark::helm_private_deploy
