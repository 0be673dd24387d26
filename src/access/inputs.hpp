// The inputs that say which release in which cluster is meant and how to get there: the same in every program.
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "azure/arm.hpp"
#include "azure/cloud.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "runner/inputs.hpp"

namespace sentimark::access {

enum class Transport { run_command, local };

// How the identity proves itself to Entra. `automatic` takes the first that this machine has, in the order of the
// others; a metadata service is asked only where the runner is said to be one's own: GitHub's machines have one too.
enum class Credential { automatic, github, file, client_secret, managed_identity };

struct ClusterInputs {
  Transport transport = Transport::run_command;
  std::string kubeconfig;
  std::string helm;
  std::string kubectl;
  azure::Cloud cloud;  // with the addresses that were given instead of its own
  Credential credential = Credential::automatic;
  std::string client;
  std::string tenant;
  azure::ClusterId cluster;
  std::string api_version;
  bool wake = false;
};

// Their rows in a program's table, but for helm, which a program may need for more than the cluster.
inline constexpr auto k_cluster_inputs = std::to_array<runner::Input>({
    {"transport", "run-command", "way into the cluster: run-command (ARM) or local (kubectl and helm of this machine)"},
    {"kubeconfig", "", "kubeconfig file for transport local; empty takes KUBECONFIG"},
    {"kubectl", "kubectl", "kubectl program where the agent runs: a path, or a name in PATH"},
    {"environment", "azurecloud", "Azure cloud: azurecloud, azureusgovernment or azurechinacloud"},
    {"credential", "auto",
     "how the identity proves itself: auto, github (id-token), file (AZURE_FEDERATED_TOKEN_FILE), client-secret "
     "(AZURE_CLIENT_SECRET) or managed-identity"},
    {"client-id", "", "client id of the identity that this workflow is federated with; empty takes AZURE_CLIENT_ID",
     false, false, false, "AZURE_CLIENT_ID"},
    {"tenant-id", "", "id of its Entra tenant; empty takes AZURE_TENANT_ID", false, false, false, "AZURE_TENANT_ID"},
    {"subscription-id", "", "subscription of the cluster; empty takes AZURE_SUBSCRIPTION_ID", false, false, false,
     "AZURE_SUBSCRIPTION_ID"},
    {"resource-group", "", "resource group of the cluster"},
    {"cluster", "", "name of the AKS cluster"},
    {"authority-host", "", "Entra's address when it is not the environment's own"},
    {"arm-endpoint", "", "Azure Resource Manager's address when it is not the environment's own"},
    {"oidc-audience", "", "audience of the id-token when it is not the environment's own"},
    {"api-version", "2025-10-01", "api-version of managedClusters"},
    {"wake", "false", "start the cluster when it is stopped; it costs money from then on", false, true},
});

// `needed`: whether a cluster will be asked, so that behind Azure it must be named.
// Error: usage, naming the input, what is wrong with it and what to write.
base::Result<ClusterInputs> parse_cluster_inputs(const runner::Inputs& inputs, bool needed);

// What a release and a namespace may be called. Error: usage.
base::Done check_release(std::string_view input, const std::string& name);
base::Done check_namespace(std::string_view input, const std::string& name);

// A time span of at least `least`. Error: usage.
base::Result<base::Millis> time_span(const runner::Inputs& inputs, std::string_view name, base::Millis least);

base::Error bad_input(std::string_view name, const std::string& what, const std::string& cure);

// The choice whose word was given. Error: usage, naming those that there are.
template <typename Choice, std::size_t N>
base::Result<Choice> choose(const runner::Inputs& inputs, std::string_view name,
                            const std::array<std::pair<std::string_view, Choice>, N>& choices) {
  const std::string word = inputs.get(name);
  std::vector<std::string> known;
  for (const auto& [text, choice] : choices) {
    if (text == word) return choice;
    known.emplace_back(text);
  }
  return bad_input(name, "is '" + base::shorten(word, 80) + "'", "use one of " + base::join(known, ", "));
}

}  // namespace sentimark::access
