// Which api-versions each resource type takes, and what ARM answers to others. Pure.
#pragma once
#include <span>
#include <string>

#include "emulator/message.hpp"

namespace sentimark::emulator {

// Every stable api-version since runCommand exists: azure-rest-api-specs, .../Microsoft.ContainerService/aks/stable.
std::span<const char* const> managed_cluster_versions();

// Status 200: go on. type: "managedClusters" or "subscriptions". A date that the type does not know is
// NoRegisteredProviderFound for a provider's type (Azure/azure-cli issue 28368 shows the text) and, like anything that
// is no date, InvalidApiVersionParameter elsewhere.
Reply judge_api_version(const std::string& type, const std::string& version);

}  // namespace sentimark::emulator
