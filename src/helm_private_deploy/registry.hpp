// Registry: what helm in the cluster needs to pull a chart from an OCI registry.
#pragma once
#include <vector>

#include "base/result.hpp"
#include "cluster/door.hpp"
#include "helm_private_deploy/inputs.hpp"
#include "sys/sys.hpp"

namespace sentimark::helm_private_deploy {

// The files that go with the job: the credentials for the chart's own registry, taken out of the Docker configuration
// that the input registry-config names (every secret in them is masked), and the PEM of registry-ca-file. Empty when
// neither is given. Errors: config for a file that cannot be read, and for a configuration without a word about this
// registry or that keeps it in a credential helper ("no-credentials").
base::Result<std::vector<cluster::Payload>> registry_files(sys::Sys& sys, const DeployInputs& inputs);

}  // namespace sentimark::helm_private_deploy
