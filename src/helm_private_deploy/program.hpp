// What helm-private-deploy is to its caller: its inputs and outputs, the same table as
// actions/helm-private-deploy/action.yml.
#pragma once
#include "runner/program.hpp"

namespace sentimark::helm_private_deploy {

const runner::Program& program();

}  // namespace sentimark::helm_private_deploy
