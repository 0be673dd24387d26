// GitHub's id-token issuer and Entra's token endpoint.
#pragma once
#include <functional>
#include <string>

#include "emulator/config.hpp"
#include "emulator/keys.hpp"
#include "emulator/message.hpp"

namespace sentimark::emulator {

constexpr const char* aks_server_resource = "6dae42f8-4368-4678-94ff-3960e28e3630";
constexpr const char* vault_resource = "https://vault.azure.net";

class Identity {
 public:
  // url: the emulator's own. fetch: GET of another URL whose server that CA's file verifies (empty: our own), parsed;
  // null when it fails.
  Identity(const Config& config, std::string url, std::string request_token,
           std::function<json::Value(const std::string& url, const std::string& ca)> fetch);

  Reply oidc_token(const Request& request, bool expired) const;  // guarded by the bearer printed at start
  Reply oidc_discovery() const;
  Reply oidc_jwks() const { return json_reply(200, github_key_.jwks()); }
  Reply discovery(const std::string& tenant) const;
  Reply jwks() const { return json_reply(200, entra_key_.jwks()); }
  Reply token(const std::string& tenant, const Request& request, bool expired) const;
  // The endpoint that App Service and Container Apps give their programs (IDENTITY_ENDPOINT, api-version 2019-08-01);
  // it is there when identityHeader is configured, and is the main client's.
  Reply managed_token(const Request& request, bool expired) const;

  std::string authority() const { return url_ + "/" + config_.tenant; }

  // The claims of an access token that we signed, whatever its times and audience; null otherwise.
  json::Value claims_of(const std::string& token) const { return verified_claims(token, entra_key_.jwks()); }

 private:
  json::Value access_token(const WorkloadIdentity& caller, const std::string& resource, bool expired) const;
  bool is_known(const std::string& resource) const;
  // Status 200: accepted.
  Reply refuse_assertion(const std::string& assertion, const std::vector<FederatedCredential>& federated) const;

  const Config& config_;
  std::string url_;
  std::string request_token_;
  std::function<json::Value(const std::string&, const std::string&)> fetch_;
  SigningKey github_key_;
  SigningKey entra_key_;
};

}  // namespace sentimark::emulator
