#include "access/connection.hpp"

#include "access/credential.hpp"
#include "azure/managed_identity.hpp"
#include "cluster/local_door.hpp"
#include "cluster/run_command_door.hpp"
#include "runner/id_token.hpp"

namespace sentimark::access {

Connection::Connection(sys::Sys& sys, sys::Http& http, const ClusterInputs& inputs) {
  if (inputs.transport == Transport::local) {
    door_ = std::make_unique<cluster::LocalDoor>(sys, inputs.kubeconfig);
    return;
  }
  sign_in(sys, http, inputs);
  arm_.emplace(sys, http, *entra_, inputs.cloud.resource_manager, inputs.cloud.scope, inputs.cluster,
               inputs.api_version);
  door_ = std::make_unique<cluster::RunCommandDoor>(sys, *arm_, *entra_, inputs.wake);
}

void Connection::sign_in(sys::Sys& sys, sys::Http& http, const ClusterInputs& inputs) {
  const azure::Cloud& cloud = inputs.cloud;
  switch (credential_here(sys.env, inputs.credential)) {
    case Credential::file:
      entra_.emplace(sys, http, cloud.authority, inputs.tenant, inputs.client,
                     [&sys](base::Instant) { return federated_token(sys); });
      return;
    case Credential::client_secret:
      entra_.emplace(sys, azure::client_secret(sys, http, cloud.authority, inputs.tenant, inputs.client,
                                               sys.secrets.make(sys.env.get_or("AZURE_CLIENT_SECRET", ""))));
      return;
    case Credential::managed_identity:
      entra_.emplace(sys, azure::managed_identity(sys, http, inputs.client));
      return;
    default:
      entra_.emplace(sys, http, cloud.authority, inputs.tenant, inputs.client,
                     [&sys, &http, audience = cloud.oidc_audience](base::Instant deadline) {
                       return runner::id_token(sys, http, audience, deadline);
                     });
  }
}

const azure::Presented& Connection::presented() const { return entra_ ? entra_->presented() : nobody_; }

std::string Connection::correlation_id() const { return arm_ ? arm_->correlation_id() : std::string(); }

}  // namespace sentimark::access
