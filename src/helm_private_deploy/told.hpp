// Told: what an agent's answer means to the deploy that asked. Pure.
#pragma once
#include <string>

#include "base/result.hpp"
#include "wire/answer.hpp"

namespace sentimark::helm_private_deploy {

// The agent had trouble of its own with the cluster: another pod of the same POST may not have it, and act.
bool had_trouble(const wire::Answer& answer);

// The answer of an agent that found no record, or only that of an older operation or of an earlier try that has failed:
// this try never got as far as the fence.
bool knows_nothing(const wire::Answer& answer, const std::string& operation, std::int64_t attempt);

// Helm refused before it touched the cluster: a matter of the chart (config) where it says so, else remote.
base::Outcome kind_of_helm_failure(const std::string& cause);

// Helm's own words say what went wrong; our rows say what to do about it.
wire::Answer with_cure(wire::Answer failed);

}  // namespace sentimark::helm_private_deploy
