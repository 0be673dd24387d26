#include "azure/cloud.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

TEST(Cloud, knows_where_everything_is) {
  struct Row {
    const char* name;
    const char* authority;
    const char* manager;
    const char* audience;
  };
  // azure-cli core/cloud.py and Microsoft's list of national clouds; audiences of azure/login.
  const Row rows[] = {
      {"azurecloud", "https://login.microsoftonline.com", "https://management.azure.com", "api://AzureADTokenExchange"},
      {"AzureUSGovernment", "https://login.microsoftonline.us", "https://management.usgovcloudapi.net",
       "api://AzureADTokenExchangeUSGov"},
      {"AZURECHINACLOUD", "https://login.chinacloudapi.cn", "https://management.chinacloudapi.cn",
       "api://AzureADTokenExchangeChina"},
  };
  for (const Row& row : rows) {
    const auto cloud = azure::cloud_of(row.name);
    ASSERT_TRUE(is_ok(cloud)) << row.name;
    EXPECT_EQ(cloud->name, base::to_lower(row.name));
    EXPECT_EQ(cloud->authority, row.authority);
    EXPECT_EQ(cloud->resource_manager, row.manager);
    EXPECT_EQ(cloud->scope, std::string(row.manager) + "/.default");
    EXPECT_EQ(cloud->oidc_audience, row.audience);
  }
}

TEST(Cloud, names_what_is_known) {
  for (const char* name : {"", "azure", "azurecloud "}) {
    const auto cloud = azure::cloud_of(name);
    ASSERT_TRUE(has_kind(cloud, base::Outcome::usage)) << name;
    EXPECT_EQ(cloud.error().cure, "use one of azurecloud, azureusgovernment, azurechinacloud");
  }
}
