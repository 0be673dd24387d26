// Orders: what a person asks of a release that is there: status, history, rollback, uninstall, resume.
//
// One call through the same door, and for what changes the release the same fence, watched to the same verdicts.
#pragma once
#include <string_view>

#include "cluster/door.hpp"
#include "helm_private_deploy/inputs.hpp"
#include "helm_private_deploy/release_status.hpp"
#include "runner/run_program.hpp"
#include "sys/sys.hpp"

namespace sentimark::helm_private_deploy {

// Precondition: the inputs' verb is not deploy. What an order ends with: ok; refused where the cluster's record or
// helm's history says no; failed and kept for a rollback that does not become healthy (nothing is undone by itself);
// unknown, interrupted and what the door meets, as for a deploy.
base::Result<runner::Ending> carry_out_order(sys::Sys& sys, cluster::Door& door, const DeployInputs& inputs);

// The cluster's record of the release and helm's history, by one call that changes nothing. Errors: those of the door.
base::Result<ReleaseStatus> look_at(sys::Sys& sys, cluster::Door& door, const DeployInputs& inputs);

}  // namespace sentimark::helm_private_deploy
