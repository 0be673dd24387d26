// What explains or mends a failure as files, for a later step to keep.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "sys/sys.hpp"
#include "wire/answer.hpp"

namespace sentimark::helm_private_deploy {

// The agent's names hold pod names; a hostile cluster must not choose where a file lands. Letters, digits, dots and
// dashes, the rest as underscores, at most 200; empty when nothing is left.
std::string plain_name(const std::string& name);

// Writes each piece under a fresh private folder (below RUNNER_TEMP in Actions) and returns the folder; empty when
// there are none. Names that could leave the folder are refused. Texts are redacted.
base::Result<std::string> keep_evidence(sys::Sys& sys, const std::vector<wire::Evidence>& pieces);

}  // namespace sentimark::helm_private_deploy
