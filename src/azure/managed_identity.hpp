// Managed identity: access tokens that Azure gives a machine or a container of its own, with no secret at all.
#pragma once
#include <string>

#include "azure/entra.hpp"

namespace sentimark::azure {

// By IDENTITY_ENDPOINT and IDENTITY_HEADER where both are set (App Service, Container Apps, Arc: api-version
// 2019-08-01), else by the metadata service of virtual machines (169.254.169.254, api-version 2018-02-01), which is
// first asked for a second only: elsewhere nobody answers there. `client`: id of a user-assigned identity; empty takes
// the machine's only one. Errors of the grant: auth when there is no such identity or nobody answers (code
// "no-identity"), remote, timeout.
Grant managed_identity(sys::Sys& sys, sys::Http& http, const std::string& client);

}  // namespace sentimark::azure
