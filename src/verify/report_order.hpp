// The order in which people read findings.
#pragma once
#include <vector>

#include "verify/finding.hpp"

namespace sentimark::verify {

// Failures, what is open, warnings, what is accepted, what passes; else as they came.
std::vector<const Finding*> worst_first(const std::vector<Finding>& findings);

}  // namespace sentimark::verify
