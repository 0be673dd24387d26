// The job of helm-private-deploy: inputs, plan, door, deploy, ending.
#pragma once
#include "runner/run_program.hpp"
#include "sys/http.hpp"
#include "sys/sys.hpp"

namespace sentimark::helm_private_deploy {

base::Result<runner::Ending> run(sys::Sys& sys, sys::Http& http, const runner::Inputs& inputs);

}  // namespace sentimark::helm_private_deploy
