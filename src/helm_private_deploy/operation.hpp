// Operation: what names one change of a release across the attempts of a workflow run.
#pragma once
#include <string>
#include <vector>

#include "sys/env.hpp"

namespace sentimark::helm_private_deploy {

// The same workflow run asking for the same of the same place is the same operation, whatever attempt of the run it is:
// that is what lets a re-run of a dead job find what became of it. 32 hex digits.
std::string operation_of(const sys::Env& env, const std::vector<std::string>& parts);

}  // namespace sentimark::helm_private_deploy
