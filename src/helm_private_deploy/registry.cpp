#include "helm_private_deploy/registry.hpp"

#include "base/encoding.hpp"
#include "json/text.hpp"
#include "wire/job.hpp"

namespace sentimark::helm_private_deploy {
namespace {

using base::Outcome;

constexpr std::uint64_t k_file_limit = std::uint64_t{1} << 20U;

base::Result<std::string> read(sys::Sys& sys, std::string_view input, const std::string& path) {
  auto text = sys.files.read(path, k_file_limit);
  if (text) return text;
  return base::fail(Outcome::config,
                    "the file of input " + std::string(input) + " cannot be read: " + text.error().what,
                    "correct the input; paths start at the working directory of the step");
}

base::Error no_credentials(const std::string& path, const std::string& host, bool helper) {
  const std::string what = helper ? " keeps what it knows in a credential helper, and a pod cannot ask that one"
                                  : " holds no credentials for " + host;
  return base::fail(Outcome::config, path + what,
                    "write them with: helm registry login " + host + " --registry-config " + path, "no-credentials");
}

// docker login writes the address of some registries with a scheme.
const json::Value& entry_for(const json::Value& auths, const std::string& host) {
  return auths.has(host) ? auths[host] : auths["https://" + host];
}

// Each member by itself, and the password inside "auth" (base64 of USER:PASSWORD).
void mask(sys::Sys& sys, const json::Value& entry) {
  for (const auto& [name, value] : entry.members()) {
    if (name == "username" || value.string_or_empty().empty()) continue;
    (void)sys.secrets.make(value.string_or_empty());
    if (name != "auth") continue;
    const auto clear = base::from_base64(value.string_or_empty());
    if (clear && clear->find(':') != std::string::npos) (void)sys.secrets.make(clear->substr(clear->find(':') + 1));
  }
}

base::Result<std::string> credentials(sys::Sys& sys, const std::string& path, const std::string& host) {
  SENTIMARK_LET(text, read(sys, "registry-config", path));
  auto config = json::parse(text);
  if (!config) return std::move(config).error().within("reading " + path);
  const json::Value& entry = entry_for((*config)["auths"], host);
  if (entry.members().empty()) {
    const bool helper = !(*config)["credsStore"].is_null() || !(*config)["credHelpers"][host].is_null();
    return no_credentials(path, host, helper);
  }
  mask(sys, entry);
  return json::to_text(json::Object{{"auths", json::Object{{host, entry}}}});
}

}  // namespace

base::Result<std::vector<cluster::Payload>> registry_files(sys::Sys& sys, const DeployInputs& inputs) {
  std::vector<cluster::Payload> files;
  if (!inputs.registry_config.empty()) {
    SENTIMARK_LET(text, credentials(sys, inputs.registry_config, inputs.reference->host));
    files.push_back({std::string(wire::k_registry_file), std::move(text)});
  }
  if (!inputs.registry_ca.empty()) {
    SENTIMARK_LET(pem, read(sys, "registry-ca-file", inputs.registry_ca));
    files.push_back({std::string(wire::k_registry_ca_file), std::move(pem)});
  }
  return files;
}

}  // namespace sentimark::helm_private_deploy
