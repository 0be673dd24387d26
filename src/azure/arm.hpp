// Arm: the calls of Azure Resource Manager that a deploy needs, on one managed cluster (deploy.md section 1).
#pragma once
#include <string>

#include "azure/entra.hpp"
#include "base/result.hpp"
#include "json/value.hpp"
#include "sys/http.hpp"
#include "sys/sys.hpp"

namespace sentimark::azure {

struct ClusterId {
  std::string subscription;
  std::string resource_group;
  std::string name;
  std::string path() const;  // /subscriptions/…/managedClusters/NAME
};

struct ManagedCluster {
  bool running = true;  // powerState
  std::string power_state;
  std::string provisioning_state;
  bool settled = true;  // no operation is in progress
  bool run_command_disabled = false;
  bool entra = false;  // its API server asks for the caller's own token
};

struct CommandState {
  bool ended = false;
  bool succeeded = false;  // the command ran to its end; its exit code is its own matter
  std::string state;       // provisioningState as the service wrote it
  std::string reason;      // of a failure
  int exit_code = -1;
  std::string logs;             // of a running command only where the service tells them by then (unknown of AKS)
  base::Millis retry_after{0};  // 0: the service did not say
};

struct Started {
  std::string location;  // absolute, on the same host
  std::string command_id;
  base::Millis retry_after{-1};  // -1: the service did not say
};

class Arm {
 public:
  Arm(sys::Sys& sys, sys::Http& http, Entra& entra, std::string endpoint, std::string scope, ClusterId cluster,
      std::string api_version);

  // Errors of all: auth, network, remote, timeout, interrupted, with ARM's own code and a cure.
  base::Result<ManagedCluster> cluster(base::Instant deadline);

  // Starts a command; sent once, or again where it surely did not arrive. `context` is a ZIP. `token` is empty on
  // clusters without Entra ID. Further errors: unknown with code "ambiguous" when it may have started all the same,
  // remote with code "too-large" for the context; is_busy() while another operation is in
  // progress.
  base::Result<Started> run_command(const std::string& command, std::string_view context, const base::Secret& token,
                                    base::Instant deadline);

  // Asks a stopped cluster to start and does not wait for it: `cluster` tells how far it is. Fails with is_busy() while
  // another operation is in progress.
  base::Done start_cluster(base::Instant deadline);

  base::Result<CommandState> result(const Started& command, base::Instant deadline);

  const ClusterId& id() const { return cluster_; }
  const std::string& correlation_id() const { return correlation_; }

 private:
  base::Result<sys::Response> send(sys::Request request, bool may_repeat, base::Instant deadline);
  base::Result<sys::Response> authorised(sys::Request request, bool may_repeat, base::Instant deadline);
  sys::Sys& sys_;
  sys::Http& http_;
  Entra& entra_;
  std::string endpoint_;
  std::string scope_;
  ClusterId cluster_;
  std::string api_version_;
  std::string correlation_;
};

}  // namespace sentimark::azure
