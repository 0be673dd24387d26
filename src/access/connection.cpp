#include "access/connection.hpp"

#include "cluster/local_door.hpp"
#include "cluster/run_command_door.hpp"
#include "runner/id_token.hpp"

namespace sentimark::access {

Connection::Connection(sys::Sys& sys, sys::Http& http, const ClusterInputs& inputs) {
  if (inputs.transport == Transport::local) {
    door_ = std::make_unique<cluster::LocalDoor>(sys, inputs.kubeconfig);
    return;
  }
  entra_.emplace(sys, http, inputs.cloud.authority, inputs.tenant, inputs.client,
                 [&sys, &http, audience = inputs.cloud.oidc_audience](base::Instant deadline) {
                   return runner::id_token(sys, http, audience, deadline);
                 });
  arm_.emplace(sys, http, *entra_, inputs.cloud.resource_manager, inputs.cloud.scope, inputs.cluster,
               inputs.api_version);
  door_ = std::make_unique<cluster::RunCommandDoor>(sys, *arm_, *entra_, inputs.wake);
}

const azure::Presented& Connection::presented() const { return entra_ ? entra_->presented() : nobody_; }

std::string Connection::correlation_id() const { return arm_ ? arm_->correlation_id() : std::string(); }

}  // namespace sentimark::access
