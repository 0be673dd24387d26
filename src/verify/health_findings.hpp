// What was found of objects as findings: the form that SARIF, JUnit and the reports of a release read.
#pragma once
#include <vector>

#include "verify/finding.hpp"
#include "verify/health_report.hpp"
#include "verify/objects.hpp"

namespace sentimark::verify {

// HEALTH for each object, also one that is as it should be, and for a warning; DRIFT for each field that differs; SOAK
// for what moved that must not.
std::vector<Finding> findings_of(const HealthReport& report);

// Gives each finding the place of its object in what `objects` were read from; an object that says no namespace stands
// in any. A finding whose object is not there keeps no place.
void place(const Objects& objects, std::vector<Finding>& findings);

}  // namespace sentimark::verify
