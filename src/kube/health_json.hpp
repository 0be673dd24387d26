// A judged object as JSON: what the agent tells and what a caller reads, the same members.
#pragma once
#include "json/value.hpp"
#include "kube/health.hpp"

namespace sentimark::kube {

// {kind, name, namespace, status, reason, message, warning, fix}
json::Value to_json(const ObjectHealth& health);

// The same back; an unknown status word is Health::unknown.
ObjectHealth health_from_json(const json::Value& value);

}  // namespace sentimark::kube
