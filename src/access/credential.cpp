#include "access/credential.hpp"

#include "base/text.hpp"

namespace sentimark::access {
namespace {

constexpr const char* k_token_file = "AZURE_FEDERATED_TOKEN_FILE";
constexpr std::uint64_t k_token_limit = 1U << 16U;

bool has(const sys::Env& env, std::string_view name) { return !env.get_or(name, "").empty(); }

}  // namespace

Credential credential_here(const sys::Env& env, Credential given) {
  if (given != Credential::automatic) return given;
  if (has(env, "ACTIONS_ID_TOKEN_REQUEST_URL") && has(env, "ACTIONS_ID_TOKEN_REQUEST_TOKEN")) return Credential::github;
  if (has(env, k_token_file)) return Credential::file;
  if (has(env, "AZURE_CLIENT_SECRET")) return Credential::client_secret;
  const bool endpoint = has(env, "IDENTITY_ENDPOINT") && has(env, "IDENTITY_HEADER");
  if (endpoint || env.get_or("RUNNER_ENVIRONMENT", "") == "self-hosted") return Credential::managed_identity;
  return Credential::github;  // whose absence is explained best
}

base::Result<base::Secret> federated_token(sys::Sys& sys) {
  const std::string file = sys.env.get_or(k_token_file, "");
  auto text = sys.files.read(file, k_token_limit);
  const std::string token(text ? base::trim(*text) : "");
  if (!token.empty()) return sys.secrets.make(token);
  return base::fail(
      base::Outcome::auth, file.empty() ? std::string(k_token_file) + " is not set" : "there is no token in " + file,
      "give the runner's pod the label azure.workload.identity/use, or set credential: github", "no-token");
}

}  // namespace sentimark::access
