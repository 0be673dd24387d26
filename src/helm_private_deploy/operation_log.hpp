// Operation log: who deployed what, when, by which digests and calls, and how it ended, as records for the audit.
#pragma once
#include "azure/entra.hpp"
#include "helm_private_deploy/deploy.hpp"
#include "runner/records.hpp"
#include "runner/run_program.hpp"

namespace sentimark::helm_private_deploy {

// Who asked, and under which name Azure knows the calls of this run.
struct Asker {
  const azure::Presented& presented;
  std::string correlation;  // x-ms-correlation-request-id; empty without Azure
};

// Before anything is asked of the cluster.
runner::Event started(const Plan& plan, const Asker& asker);

// One PipelineEvent, and one DeploymentRollback where something was undone or could not be.
std::vector<runner::Event> ended(const Plan& plan, const Asker& asker, const base::Result<Report>& done);

// The same for what a person orders of a release that is there; a rollback has a DeploymentRollback as well.
runner::Event order_started(const DeployInputs& inputs, const Asker& asker);
std::vector<runner::Event> order_ended(const DeployInputs& inputs, const Asker& asker,
                                       const base::Result<runner::Ending>& done);

}  // namespace sentimark::helm_private_deploy
