#include "emulator/identity.hpp"

#include <algorithm>
#include <cctype>
#include <ctime>

#include "base/text.hpp"

namespace sentimark::emulator {
namespace {

std::int64_t now() { return std::time(nullptr); }

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

Reply aadsts(int code, const std::string& error, const std::string& what) {
  const std::string trace = random_uuid();
  const std::string correlation = random_uuid();
  const std::string text =
      "AADSTS" + std::to_string(code) + ": " + what + " Trace ID: " + trace + " Correlation ID: " + correlation;
  return json_reply(error == "unauthorized_client" || error == "invalid_client" ? 401 : 400,
                    json::Object{{"error", error},
                                 {"error_description", text},
                                 {"error_codes", json::Array{code}},
                                 {"trace_id", trace},
                                 {"correlation_id", correlation}});
}

// Of the one scope RESOURCE/.default; the three of OpenID may stand beside it, as Microsoft's library for Go sends
// them.
std::string resource_of(const std::string& scopes) {
  std::string resource;
  for (const std::string& scope : base::split(scopes, ' ')) {
    if (scope == "openid" || scope == "offline_access" || scope == "profile") continue;
    const std::size_t suffix = scope.rfind("/.default");
    if (!resource.empty() || suffix == std::string::npos || suffix + 9 != scope.size()) return {};
    resource = scope.substr(0, suffix);
  }
  return resource;
}

}  // namespace

Identity::Identity(const Config& config, std::string url, std::string request_token,
                   std::function<json::Value(const std::string&, const std::string&)> fetch)
    : config_(config), url_(std::move(url)), request_token_(std::move(request_token)), fetch_(std::move(fetch)) {}

Reply Identity::oidc_token(const Request& request, bool expired) const {
  if (request.bearer() != request_token_)
    return json_reply(401, json::Object{{"message", "the bearer is not the one of ACTIONS_ID_TOKEN_REQUEST_TOKEN"}});
  json::Value claims = config_.github;
  const std::string audience = request.parameter("audience");
  claims.set("iss", url_ + "/github");
  claims.set("sub", config_.subject());
  claims.set("aud", audience.empty() ? "https://github.com/" + claims["repository_owner"].string_or_empty() : audience);
  claims.set("jti", random_uuid());
  claims.set("iat", now());
  claims.set("nbf", now() - 300);
  claims.set("exp", expired ? now() - 1 : now() + 300);
  return json_reply(200, json::Object{{"value", github_key_.sign(claims)}});
}

Reply Identity::oidc_discovery() const {
  return json_reply(200, json::Object{{"issuer", url_ + "/github"},
                                      {"jwks_uri", url_ + "/github/.well-known/jwks"},
                                      {"id_token_signing_alg_values_supported", json::Array{"RS256"}},
                                      {"subject_types_supported", json::Array{"public"}},
                                      {"response_types_supported", json::Array{"id_token"}}});
}

Reply Identity::discovery(const std::string& tenant) const {
  if (tenant != config_.tenant) return aadsts(90002, "invalid_tenant", "Tenant '" + tenant + "' not found.");
  const std::string base = url_ + "/" + tenant;
  return json_reply(
      200, json::Object{{"issuer", base + "/v2.0"},
                        {"authorization_endpoint", base + "/oauth2/v2.0/authorize"},
                        {"token_endpoint", base + "/oauth2/v2.0/token"},
                        {"jwks_uri", base + "/discovery/v2.0/keys"},
                        {"response_types_supported", json::Array{"code", "id_token"}},
                        {"subject_types_supported", json::Array{"pairwise"}},
                        {"id_token_signing_alg_values_supported", json::Array{"RS256"}},
                        {"token_endpoint_auth_methods_supported", json::Array{"client_secret_post", "private_key_jwt"}},
                        {"tenant_region_scope", "EU"}});
}

Reply Identity::refuse_assertion(const std::string& assertion,
                                 const std::vector<FederatedCredential>& federated) const {
  const json::Value claimed = unverified_claims(assertion);
  const std::string issuer = claimed["iss"].string_or_empty();
  const std::string subject = claimed["sub"].string_or_empty();
  const FederatedCredential* known = nullptr;
  const FederatedCredential* of_issuer = nullptr;
  bool case_differs = false;
  for (const FederatedCredential& credential : federated) {
    if (issuer != (credential.issuer.empty() ? url_ + "/github" : credential.issuer)) continue;
    of_issuer = &credential;
    if (credential.subject == subject) known = &credential;
    case_differs = case_differs || (credential.subject != subject && lower(credential.subject) == lower(subject));
  }
  if (of_issuer == nullptr)
    return aadsts(700211, "invalid_client",
                  "No matching federated identity record found for presented assertion issuer '" + issuer + "'.");
  const json::Value document = fetch_(issuer + "/.well-known/openid-configuration", of_issuer->ca);
  const json::Value keys = fetch_(document["jwks_uri"].string_or_empty(), of_issuer->ca);
  const json::Value claims = verified_claims(assertion, keys);
  if (claims.is_null())
    return aadsts(
        700027, "invalid_client",
        "The certificate with identifier used to sign the client assertion is not registered on application.");
  if (known == nullptr && case_differs)
    return aadsts(7002138, "invalid_client",
                  "No matching federated identity record found for presented assertion subject '" + subject +
                      "': the case differs.");
  if (known == nullptr)
    return aadsts(700213, "invalid_client",
                  "No matching federated identity record found for presented assertion subject '" + subject + "'.");
  // Kubernetes writes a list of one.
  const json::Array& list = claims["aud"].items();
  const std::string audience = list.size() == 1 ? list[0].string_or_empty() : claims["aud"].string_or_empty();
  if (audience != known->audience)
    return aadsts(700212, "invalid_client",
                  "No matching federated identity record found for presented assertion audience '" + audience + "'.");
  if (claims["exp"].int_or(0) <= now() || claims["nbf"].int_or(0) > now() + 300)
    return aadsts(700024, "invalid_client", "Client assertion is not within its valid time range.");
  return {};
}

Reply Identity::token(const std::string& tenant, const Request& request, bool expired) const {
  auto form = parse_form(request.body);
  if (tenant != config_.tenant) return aadsts(90002, "invalid_request", "Tenant '" + tenant + "' not found.");
  if (form["grant_type"] != "client_credentials")
    return aadsts(70003, "unsupported_grant_type", "The app requested an unsupported grant type.");
  const WorkloadIdentity main{config_.client, config_.object_id, config_.federated};
  const WorkloadIdentity* caller = form["client_id"] == config_.client ? &main : nullptr;
  for (const WorkloadIdentity& each : config_.identities)
    if (each.client == form["client_id"]) caller = &each;
  if (caller == nullptr)
    return aadsts(700016, "unauthorized_client",
                  "Application with identifier '" + form["client_id"] + "' was not found in the directory.");
  std::string resource = resource_of(form["scope"]);
  if (resource.empty())
    return aadsts(1002012, "invalid_scope", "The provided value for scope " + form["scope"] + " is not valid.");
  while (!resource.empty() && resource.back() == '/') resource.pop_back();
  if (!is_known(resource))
    return aadsts(500011, "invalid_resource",
                  "The resource principal named " + resource + " was not found in the tenant.");
  if (!form["client_assertion"].empty()) {
    Reply refused = refuse_assertion(form["client_assertion"], caller->federated);
    if (refused.status != 200) return refused;
  } else if (caller != &main || config_.client_secret.empty() || form["client_secret"] != config_.client_secret) {
    return aadsts(7000215, "invalid_client", "Invalid client secret provided.");
  }
  return json_reply(200, json::Object{{"token_type", "Bearer"},
                                      {"expires_in", config_.token_seconds},
                                      {"ext_expires_in", config_.token_seconds},
                                      {"access_token", access_token(*caller, resource, expired)}});
}

Reply Identity::managed_token(const Request& request, bool expired) const {
  const auto refused = [](int status, const std::string& why) {
    return json_reply(status, json::Object{{"statusCode", status}, {"message", why}});
  };
  const auto header = request.headers.find("x-identity-header");
  if (config_.identity_header.empty() || header == request.headers.end() || header->second != config_.identity_header)
    return refused(401, "The X-IDENTITY-HEADER is not the one of this machine.");
  if (request.parameter("api-version") != "2019-08-01") return refused(400, "The api-version is not supported.");
  const std::string client = request.parameter("client_id");
  if (!client.empty() && client != config_.client) return refused(400, "No User Assigned Identity was found for it.");
  std::string resource = request.parameter("resource");
  while (!resource.empty() && resource.back() == '/') resource.pop_back();
  if (!is_known(resource)) return refused(400, "The resource " + resource + " was not found in the tenant.");
  return json_reply(
      200, json::Object{{"access_token", access_token({config_.client, config_.object_id, {}}, resource, expired)},
                        {"expires_on", std::to_string(now() + (expired ? -1 : config_.token_seconds))},
                        {"resource", resource},
                        {"token_type", "Bearer"},
                        {"client_id", config_.client}});
}

bool Identity::is_known(const std::string& resource) const {
  const bool arm = resource == url_ || resource == "https://management.azure.com" ||
                   resource == "https://management.core.windows.net";
  return arm || resource == aks_server_resource || resource == vault_resource;
}

json::Value Identity::access_token(const WorkloadIdentity& caller, const std::string& resource, bool expired) const {
  const std::int64_t end = expired ? now() - 1 : now() + config_.token_seconds;
  json::Value groups = json::Value::array();
  if (caller.client == config_.client)
    for (const std::string& group : config_.groups) groups.push(group);
  const json::Value claims =
      json::Object{{"aud", resource},        {"groups", groups},        {"iss", url_ + "/" + config_.tenant + "/v2.0"},
                   {"iat", now()},           {"nbf", now() - 300},      {"exp", end},
                   {"appid", caller.client}, {"oid", caller.object_id}, {"tid", config_.tenant},
                   {"idtyp", "app"},         {"uti", random_hex(8)}};
  return entra_key_.sign(claims);
}

}  // namespace sentimark::emulator
