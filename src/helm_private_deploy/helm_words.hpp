// What helm says of a chart or of values, with the user's own file and line.
#pragma once
#include <string>

#include "helm_private_deploy/inputs.hpp"
#include "sys/sys.hpp"

namespace sentimark::helm_private_deploy {

// Each "at '/a/b'" of a schema's complaint gets the place of the value, "(dev.yaml:3:5)"; a chart whose values.yaml
// cannot be read gets the place in it. Any other text comes back as it is, as does every text when the chart or the
// values can no longer be read.
std::string with_places(sys::Sys& sys, const DeployInputs& inputs, const std::string& cause);

}  // namespace sentimark::helm_private_deploy
