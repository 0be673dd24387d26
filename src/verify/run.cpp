#include "verify/run.hpp"

#include "verify/jsonpath.hpp"

namespace sentimark::verify {

base::Result<runner::Ending> run(sys::Sys& sys, const runner::Inputs& inputs) {
  const std::string format = inputs.get("format");
  if (format != "text" && format != "json") {
    return base::fail(base::Outcome::usage, "input format is neither text nor json",
                      "write --format text or --format json");
  }
  return run_jsonpath(sys, inputs);
}

}  // namespace sentimark::verify
