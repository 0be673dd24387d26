// verify jsonpath EXPR [FILE|-]: what a query selects, for people who write checks.
#pragma once
#include "runner/run_program.hpp"

namespace sentimark::verify {

// The values as one JSON array, in the ending's text and as "values" in its data. Without FILE, or with -, the document
// comes from standard input. Errors: usage for a query that is none, with its column; config for the document.
base::Result<runner::Ending> run_jsonpath(sys::Sys& sys, const runner::Inputs& inputs);

}  // namespace sentimark::verify
