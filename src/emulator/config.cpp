#include "emulator/config.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "emulator/keys.hpp"
#include "json/text.hpp"

namespace sentimark::emulator {
namespace {

json::Value defaults() {
  return json::Object{
      {"tenantId", "11111111-1111-4111-8111-111111111111"},
      {"subscriptionId", "22222222-2222-4222-8222-222222222222"},
      {"clientId", "33333333-3333-4333-8333-333333333333"},
      {"objectId", "44444444-4444-4444-8444-444444444444"},
      {"clientSecret", ""},
      {"identityHeader", ""},
      {"resourceGroup", "rg-demo"},
      {"cluster", "aks-demo"},
      {"aad", false},
      {"disableRunCommand", false},
      {"throttle", false},
      {"powerState", "Running"},
      {"startSeconds", 240},
      {"busySeconds", 0},
      {"accessTokenSeconds", 3600},
      {"actions", json::Array{"*"}},
      {"roleAssignments", json::Array{}},
      {"clusterProperties", json::Object{}},
      {"immutableSubject", false},
      {"federatedCredentials", json::Array{}},
      {"identities", json::Array{}},
      {"vaults", json::Object{}},
      {"groups", json::Array{}},
      {"mode", "child"},
      {"kubeconfig", ""},
      {"kubectl", ""},
      {"helm", ""},
      {"clusterCaKey", ""},
      {"image", "sentimark.local/aks-command:helm3"},
      {"commandUser", 10001},
      {"commandSeconds", 3600},
      {"podSeconds", 600},
      {"resultSeconds", 0},
      {"commandLimit", 0},
      {"oneCommand", false},
      {"partialLogs", false},
      {"tools", "/usr/local/bin:/usr/bin:/bin"},
      {"github", json::Object{{"repository", "octo-org/octo-repo"},
                              {"repository_id", "74"},
                              {"repository_owner", "octo-org"},
                              {"repository_owner_id", "65"},
                              {"ref", "refs/heads/main"},
                              {"ref_type", "branch"},
                              {"sha", "0123456789abcdef0123456789abcdef01234567"},
                              {"run_id", "1001"},
                              {"run_number", "10"},
                              {"run_attempt", "1"},
                              {"actor", "octocat"},
                              {"actor_id", "12"},
                              {"workflow", "deploy"},
                              {"event_name", "push"},
                              {"environment", "dev"},
                              {"job_workflow_ref", "octo-org/octo-repo/.github/workflows/deploy.yml@refs/heads/main"},
                              {"repository_visibility", "private"},
                              {"runner_environment", "github-hosted"}}},
      {"faults", json::Array{}}};
}

std::vector<std::string> words_of(const json::Value& list) {
  std::vector<std::string> words;
  for (const json::Value& word : list.items()) words.push_back(word.string_or_empty());
  return words;
}

std::vector<FederatedCredential> credentials_of(const json::Value& list) {
  std::vector<FederatedCredential> found;
  for (const json::Value& each : list.items())
    found.push_back({each["issuer"].string_or_empty(), each["subject"].string_or_empty(),
                     each["audience"].string_or_empty(), each["ca"].string_or_empty()});
  return found;
}

Vault vault_of(const std::string& name, const json::Value& given) {
  Vault vault{base::to_lower(name), {}, {}};
  for (const auto& [secret, value] : given["secrets"].members()) vault.secrets[secret] = value.string_or_empty();
  for (const json::Value& role : given["roleAssignments"].items())
    vault.roles.push_back({role["objectId"].string_or_empty(), role["role"].string_or_empty(),
                           base::to_lower(role["secret"].string_or_empty())});
  return vault;
}

}  // namespace

std::string Config::subject() const {
  const std::string repository = github["repository"].string_or_empty();
  const std::size_t slash = repository.find('/');
  std::string name = repository;
  if (immutable_subject && slash != std::string::npos)
    name = repository.substr(0, slash) + "@" + github["repository_owner_id"].string_or_empty() +
           repository.substr(slash) + "@" + github["repository_id"].string_or_empty();
  const std::string environment = github["environment"].string_or_empty();
  return "repo:" + name +
         (environment.empty() ? ":ref:" + github["ref"].string_or_empty() : ":environment:" + environment);
}

base::Result<Config> read_config(const std::string& text) {
  json::Value all = defaults();
  SENTIMARK_LET(given, json::parse(text));
  for (const auto& [name, value] : given.members()) {
    if (!all.has(name))
      return base::fail(base::Outcome::config, "unknown field " + name + " in the emulator's configuration",
                        "see docs/emulator.md for the fields");
    if (value.type_name() != all[name].type_name())
      return base::fail(base::Outcome::config,
                        name + " in the emulator's configuration is of type " + std::string(value.type_name()),
                        "write a value of type " + std::string(all[name].type_name()));
    if (name != "github") {
      all.set(name, value);
      continue;
    }
    for (const auto& [claim, content] : value.members()) all.find("github")->set(claim, content);
  }
  Config config;
  config.tenant = all["tenantId"].string_or_empty();
  config.subscription = all["subscriptionId"].string_or_empty();
  config.resource_group = all["resourceGroup"].string_or_empty();
  config.cluster = all["cluster"].string_or_empty();
  config.client = all["clientId"].string_or_empty();
  config.client_secret = all["clientSecret"].string_or_empty();
  config.identity_header = all["identityHeader"].string_or_empty();
  config.object_id = all["objectId"].string_or_empty();
  config.aad = all["aad"].bool_or(false);
  config.disable_run_command = all["disableRunCommand"].bool_or(false);
  config.throttle = all["throttle"].bool_or(false);
  config.power_state = all["powerState"].string_or_empty();
  config.start_seconds = all["startSeconds"].number_or(0);
  config.busy_seconds = all["busySeconds"].number_or(0);
  config.token_seconds = all["accessTokenSeconds"].int_or(3600);
  config.immutable_subject = all["immutableSubject"].bool_or(false);
  config.github = all["github"];
  config.tools = all["tools"].string_or_empty();
  const std::string& mode = all["mode"].string_or_empty();
  if (mode != "child" && mode != "pod")
    return base::fail(base::Outcome::config, "mode is \"" + mode + "\" in the emulator's configuration",
                      "write child or pod");
  config.pods = mode == "pod";
  config.kubeconfig = all["kubeconfig"].string_or_empty();
  config.kubectl = all["kubectl"].string_or_empty();
  config.helm = all["helm"].string_or_empty();
  config.ca_key = all["clusterCaKey"].string_or_empty();
  config.image = all["image"].string_or_empty();
  config.command_user = all["commandUser"].int_or(10001);
  config.command_seconds = all["commandSeconds"].int_or(3600);
  config.pod_seconds = all["podSeconds"].int_or(600);
  config.result_seconds = all["resultSeconds"].int_or(0);
  config.command_limit = static_cast<std::size_t>(std::max<std::int64_t>(0, all["commandLimit"].int_or(0)));
  config.one_command = all["oneCommand"].bool_or(false);
  config.partial_logs = all["partialLogs"].bool_or(false);
  config.groups = words_of(all["groups"]);
  config.faults = all["faults"].items();
  config.cluster_properties = all["clusterProperties"];
  for (const json::Value& role : all["roleAssignments"].items())
    config.roles.push_back({role["scope"].string_or_empty(), words_of(role["actions"]), words_of(role["notActions"])});
  if (config.roles.empty())
    config.roles.push_back({"/subscriptions/" + config.subscription, words_of(all["actions"]), {}});
  config.federated = credentials_of(all["federatedCredentials"]);
  if (config.federated.empty()) config.federated.push_back({"", config.subject(), "api://AzureADTokenExchange", ""});
  for (const json::Value& each : all["identities"].items())
    config.identities.push_back({each["clientId"].string_or_empty(), each["objectId"].string_or_empty(),
                                 credentials_of(each["federatedCredentials"])});
  for (const auto& [name, vault] : all["vaults"].members()) config.vaults.push_back(vault_of(name, vault));
  return config;
}

}  // namespace sentimark::emulator
