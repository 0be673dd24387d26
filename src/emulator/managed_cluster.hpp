// The cluster as ARM describes it. Pure.
#pragma once
#include <string>

#include "emulator/config.hpp"
#include "emulator/power.hpp"

namespace sentimark::emulator {

std::string cluster_id(const Config& config);

// A private cluster in the form of ManagedClustersGet (azure-rest-api-specs, aks/stable/2026-01-01/examples), with the
// configuration's clusterProperties merged over its properties: objects member by member, anything else replaced.
json::Value managed_cluster(const Config& config, const ClusterState& state);

}  // namespace sentimark::emulator
