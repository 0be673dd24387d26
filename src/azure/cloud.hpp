// Clouds: where Entra and Azure Resource Manager are, for each Azure environment.
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sentimark::azure {

struct Cloud {
  std::string name;       // as azure/login calls it, lower case
  std::string authority;  // https://…, no slash at the end
  std::string resource_manager;
  std::string scope;          // of tokens for the resource manager
  std::string oidc_audience;  // of the id-token that is exchanged for them
};

// Names ignore case: azurecloud, azureusgovernment, azurechinacloud (azure-cli, core/cloud.py).
// Error: usage, naming what is known.
base::Result<Cloud> cloud_of(std::string_view name);

}  // namespace sentimark::azure
