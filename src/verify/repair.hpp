// Repair: the patches of all placement findings, against the files and templates that people keep.
#pragma once
#include <string>
#include <vector>

#include "verify/chart.hpp"
#include "verify/finding.hpp"
#include "verify/objects.hpp"

namespace sentimark::verify {

// One unified diff over all files for what SEC-PLACE-CTR, SEC-PLACE-POD and SEC-CONTRADICT found and nobody accepted.
// An object whose patch cannot be given in whole lines is left out; so is one of a chart whose lines are not, to the
// letter, lines of its template. `chart` may be null; else it gave the first source.
std::string repair_of(const Objects& objects, const ChartRender* chart, const std::vector<Finding>& findings);

}  // namespace sentimark::verify
