#include "emulator/key_vault.hpp"

#include <algorithm>
#include <ctime>

#include "base/text.hpp"
#include "json/text.hpp"

namespace sentimark::emulator {
namespace {

constexpr const char* suffix = ".vault.azure.net";

// The vault of Azure's host name, with or without a port; empty for another host.
std::string vault_of(const Request& request) {
  std::string host = base::to_lower(request.header("host"));
  host = host.substr(0, host.find(':'));
  const std::string tail = suffix;
  if (host.size() <= tail.size() || host.compare(host.size() - tail.size(), tail.size(), tail) != 0) return {};
  return host.substr(0, host.size() - tail.size());
}

struct Path {
  std::string name, version;
};

Path path_of(const Request& request) {
  const std::vector<std::string> parts = base::split(request.path, '/');  // "", secrets, NAME, VERSION
  return {parts.size() > 2 ? base::to_lower(parts[2]) : "", parts.size() > 3 ? parts[3] : ""};
}

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= 127 && std::all_of(name.begin(), name.end(), [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '-';
  });
}

Reply vault_error(int status, const std::string& code, const std::string& message, const std::string& inner = "") {
  json::Value error = json::Object{{"code", code}, {"message", message}};
  if (!inner.empty()) error.set("innererror", json::Object{{"code", inner}});
  return json_reply(status, json::Object{{"error", error}});
}

json::Value attributes(std::int64_t made) {
  return json::Object{{"enabled", true},
                      {"created", made},
                      {"updated", made},
                      {"recoveryLevel", "Recoverable+Purgeable"},
                      {"recoverableDays", 90}};
}

std::string id_of(const std::string& vault, const std::string& name, const std::string& version = "") {
  return "https://" + vault + suffix + "/secrets/" + name + (version.empty() ? "" : "/" + version);
}

// What a role of Azure may do, by its name (built-in roles of Key Vault).
bool role_allows(const std::string& role, const std::string& operation) {
  if (role == "Key Vault Secrets Officer") return true;
  return role == "Key Vault Secrets User" && operation != "setSecret";
}

std::string action_of(const std::string& operation) {
  const std::string base = "Microsoft.KeyVault/vaults/secrets/";
  if (operation == "getSecret") return base + "getSecret/action";
  return operation == "setSecret" ? base + "setSecret/action" : base + "readMetadata/action";
}

}  // namespace

KeyVault::KeyVault(const Config& config, const Identity& identity) : config_(config), identity_(identity) {
  for (const Vault& vault : config_.vaults)
    for (const auto& [name, value] : vault.secrets)
      vaults_[vault.name][base::to_lower(name)].push_back({random_hex(16), value, std::time(nullptr)});
}

std::string KeyVault::operation_of(const Request& request) {
  if (vault_of(request).empty()) return {};
  const std::vector<std::string> parts = base::split(request.path, '/');
  if (parts.size() < 2 || parts.size() > 4 || parts[1] != "secrets") return {};
  if (parts.size() > 2 && !is_name(parts[2])) return {};
  if (request.method == "PUT") return parts.size() == 3 ? "setSecret" : "";
  if (request.method != "GET") return {};
  if (parts.size() == 2) return "listSecrets";
  return parts.size() == 4 && parts[3] == "versions" ? "listVersions" : "getSecret";
}

Reply KeyVault::refusal(const Request& request, const std::string& vault, const std::string& operation) const {
  const json::Value claims = identity_.claims_of(request.bearer());
  const bool good = claims["aud"].string_or_empty() == vault_resource && claims["exp"].int_or(0) > std::time(nullptr);
  if (!good) {
    const bool none = request.bearer().empty();
    Reply reply = vault_error(401, "Unauthorized",
                              none ? "AKV10000: Request is missing a Bearer or PoP token."
                                   : "AKV10022: Invalid audience, issuer, signature or lifetime of the token.");
    reply.headers.emplace_back("WWW-Authenticate", "Bearer authorization=\"" + identity_.authority() +
                                                       "\", resource=\"" + vault_resource + "\"");
    return reply;
  }
  const std::string version = request.parameter("api-version");
  if (version.size() != 3 || version < "7.0" || version > "7.6")
    return vault_error(400, "BadParameter", "The api-version '" + version + "' is not a supported one.");
  const auto config =
      std::find_if(config_.vaults.begin(), config_.vaults.end(), [&](const Vault& each) { return each.name == vault; });
  const std::string who = claims["oid"].string_or_empty();
  const std::string name = path_of(request).name;
  for (const VaultRole& role : config->roles)
    if (role.object_id == who && (role.secret.empty() || role.secret == name) && role_allows(role.role, operation))
      return {};
  return vault_error(403, "Forbidden",
                     "Caller is not authorized to perform action on resource.\r\nAction: '" + action_of(operation) +
                         "'\r\nResource: '" + id_of(vault, name) + "'\r\nAssignment: (not found)\r\nVault: " + vault,
                     "ForbiddenByRbac");
}

Reply KeyVault::get(const std::string& vault, const std::string& name, const std::string& version) const {
  const auto& secrets = vaults_.at(vault);
  const auto found = secrets.find(name);
  if (found != secrets.end())
    for (auto each = found->second.rbegin(); each != found->second.rend(); ++each)
      if (version.empty() || version == each->id)
        return json_reply(200, json::Object{{"value", each->value},
                                            {"id", id_of(vault, name, each->id)},
                                            {"attributes", attributes(each->made)}});
  return vault_error(404, "SecretNotFound",
                     "A secret with (name/id) " + name + (version.empty() ? "" : "/" + version) +
                         " was not found in this key vault. If you recently deleted this secret you may be able to "
                         "recover it using the correct recovery command.");
}

// Pages of at most 25, as Azure's; the link to the next names how many to skip.
Reply KeyVault::list(const std::string& vault, const std::string& name, const Request& request) const {
  json::Array all;
  for (const auto& [secret, versions] : vaults_.at(vault)) {
    if (!name.empty() && secret != name) continue;
    for (const Version& each : versions)
      if (!name.empty() || &each == &versions.back())
        all.push_back(json::Object{{"id", id_of(vault, secret, name.empty() ? "" : each.id)},
                                   {"attributes", attributes(each.made)}});
  }
  const std::string asked = request.parameter("maxresults");
  const std::size_t page = std::clamp<std::size_t>(base::parse_unsigned(asked).value_or(25), 1, 25);
  const std::size_t from =
      std::min<std::size_t>(base::parse_unsigned(request.parameter("$skiptoken")).value_or(0), all.size());
  const std::size_t to = std::min(all.size(), from + page);
  json::Value next;
  if (to < all.size())
    next = "https://" + vault + suffix + request.path + "?api-version=" + request.parameter("api-version") +
           "&$skiptoken=" + std::to_string(to) + "&maxresults=" + std::to_string(page);
  const auto at = [&](std::size_t index) { return all.begin() + static_cast<std::ptrdiff_t>(index); };
  return json_reply(200, json::Object{{"value", json::Array(at(from), at(to))}, {"nextLink", next}});
}

Reply KeyVault::set(const std::string& vault, const std::string& name, const Request& request) {
  auto body = json::parse(request.body);
  if (!body || !(*body)["value"].is_string() || (*body)["value"].string_or_empty().size() > 25600)
    return vault_error(400, "BadParameter", "Property value is missing, is no string or is longer than 25600 bytes.");
  vaults_[vault][name].push_back({random_hex(16), (*body)["value"].string_or_empty(), std::time(nullptr)});
  return get(vault, name, "");
}

Reply KeyVault::answer(const std::string& operation, const Request& request) {
  const std::string vault = vault_of(request);
  const std::lock_guard lock(mutex_);
  if (vaults_.find(vault) == vaults_.end())
    return vault_error(404, "VaultNotFound", "There is no vault " + vault + " (in life its name would not resolve).");
  if (Reply refused = refusal(request, vault, operation); refused.status != 200) return refused;
  const auto [name, version] = path_of(request);
  if (operation == "setSecret") return set(vault, name, request);
  return operation == "getSecret" ? get(vault, name, version) : list(vault, name, request);
}

}  // namespace sentimark::emulator
