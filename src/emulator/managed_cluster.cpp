#include "emulator/managed_cluster.hpp"

#include "emulator/keys.hpp"

namespace sentimark::emulator {
namespace {

constexpr const char* location = "westeurope";

void merge(json::Value& into, const json::Value& from) {
  for (const auto& [name, value] : from.members()) {
    json::Value* own = into.find(name);
    if (own != nullptr && own->is_object() && value.is_object())
      merge(*own, value);
    else
      into.set(name, value);
  }
}

json::Value enabled(bool value) { return json::Object{{"enabled", value}}; }

json::Value agent_pool(const ClusterState& state) {
  return json::Object{{"name", "system"},
                      {"mode", "System"},
                      {"type", "VirtualMachineScaleSets"},
                      {"count", 1},
                      {"vmSize", "Standard_D2s_v5"},
                      {"osType", "Linux"},
                      {"osSKU", "Ubuntu"},
                      {"maxPods", 110},
                      {"orchestratorVersion", "1.35"},
                      {"currentOrchestratorVersion", "1.35.8"},
                      {"provisioningState", state.provisioning},
                      {"powerState", json::Object{{"code", state.power}}},
                      {"enableAutoScaling", false},
                      {"nodeTaints", json::Array{}},
                      {"nodeLabels", json::Object{}}};
}

json::Value network() {
  return json::Object{{"networkPlugin", "azure"},      {"networkPluginMode", "overlay"}, {"networkPolicy", "cilium"},
                      {"loadBalancerSku", "standard"}, {"outboundType", "loadBalancer"}, {"podCidr", "10.244.0.0/16"},
                      {"serviceCidr", "10.96.0.0/16"}, {"dnsServiceIP", "10.96.0.10"}};
}

}  // namespace

std::string cluster_id(const Config& config) {
  return "/subscriptions/" + config.subscription + "/resourceGroups/" + config.resource_group +
         "/providers/Microsoft.ContainerService/managedClusters/" + config.cluster;
}

json::Value managed_cluster(const Config& config, const ClusterState& state) {
  const std::string group = "MC_" + config.resource_group + "_" + config.cluster + "_" + location;
  const std::string hash = sha256_hex(cluster_id(config));
  const std::string zone = "." + hash.substr(8, 8) + ".privatelink." + location + ".azmk8s.io";
  const std::string kubelet = "/subscriptions/" + config.subscription + "/resourceGroups/" + group +
                              "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/" + config.cluster +
                              "-agentpool";
  json::Value properties = json::Object{
      {"provisioningState", state.provisioning},
      {"powerState", json::Object{{"code", state.power}}},
      {"kubernetesVersion", "1.35"},
      {"currentKubernetesVersion", "1.35.8"},
      {"dnsPrefix", config.cluster},
      {"privateFQDN", config.cluster + "-" + hash.substr(0, 8) + zone},
      {"azurePortalFQDN", config.cluster + "-" + hash.substr(0, 8) + ".portal.hcp." + location + ".azmk8s.io"},
      {"nodeResourceGroup", group},
      {"enableRBAC", true},
      {"disableLocalAccounts", config.aad},
      {"maxAgentPools", 100},
      {"agentPoolProfiles", json::Array{agent_pool(state)}},
      {"networkProfile", network()},
      {"apiServerAccessProfile", json::Object{{"enablePrivateCluster", true},
                                              {"enablePrivateClusterPublicFQDN", false},
                                              {"privateDNSZone", "system"},
                                              {"disableRunCommand", config.disable_run_command}}},
      {"servicePrincipalProfile", json::Object{{"clientId", "msi"}}},
      {"identityProfile", json::Object{{"kubeletidentity", json::Object{{"resourceId", kubelet}}}}},
      {"oidcIssuerProfile", enabled(true)},
      {"securityProfile", json::Object{{"workloadIdentity", enabled(true)}}},
      {"addonProfiles", json::Object{{"azureKeyvaultSecretsProvider", enabled(true)}, {"azurepolicy", enabled(true)}}},
      {"autoUpgradeProfile", json::Object{{"upgradeChannel", "patch"}}},
      {"supportPlan", "KubernetesOfficial"}};
  if (config.aad)
    properties.set("aadProfile", json::Object{{"managed", true},
                                              {"enableAzureRBAC", false},
                                              {"adminGroupObjectIDs", json::Array{}},
                                              {"tenantID", config.tenant}});
  merge(properties, config.cluster_properties);
  return json::Object{{"id", cluster_id(config)},
                      {"name", config.cluster},
                      {"type", "Microsoft.ContainerService/ManagedClusters"},
                      {"location", location},
                      {"eTag", hash.substr(0, 16)},
                      {"tags", json::Object{}},
                      {"sku", json::Object{{"name", "Base"}, {"tier", "Standard"}}},
                      {"identity", json::Object{{"type", "SystemAssigned"},
                                                {"principalId", "77777777-7777-4777-8777-777777777777"},
                                                {"tenantId", config.tenant}}},
                      {"properties", properties}};
}

}  // namespace sentimark::emulator
