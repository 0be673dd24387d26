#include "azure/cloud.hpp"

#include <array>

#include "base/text.hpp"

namespace sentimark::azure {
namespace {

struct Row {
  std::string_view name;
  std::string_view authority;
  std::string_view resource_manager;
  std::string_view oidc_audience;
};

constexpr std::array<Row, 3> k_clouds{{
    {"azurecloud", "https://login.microsoftonline.com", "https://management.azure.com", "api://AzureADTokenExchange"},
    {"azureusgovernment", "https://login.microsoftonline.us", "https://management.usgovcloudapi.net",
     "api://AzureADTokenExchangeUSGov"},
    {"azurechinacloud", "https://login.chinacloudapi.cn", "https://management.chinacloudapi.cn",
     "api://AzureADTokenExchangeChina"},
}};

}  // namespace

base::Result<Cloud> cloud_of(std::string_view name) {
  std::string known;
  for (const Row& row : k_clouds) {
    if (base::equals_ignoring_case(row.name, name)) {
      const std::string manager(row.resource_manager);
      return Cloud{std::string(row.name), std::string(row.authority), manager, manager + "/.default",
                   std::string(row.oidc_audience)};
    }
    known += (known.empty() ? "" : ", ") + std::string(row.name);
  }
  return base::fail(base::Outcome::usage, "environment '" + std::string(name) + "' is not known",
                    "use one of " + known);
}

}  // namespace sentimark::azure
