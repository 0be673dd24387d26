#include "helm_private_deploy/identity_doctor.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "json/text.hpp"
#include "kube/pattern.hpp"
#include "runner/markdown.hpp"

namespace sentimark::helm_private_deploy {
namespace {

using base::equals_ignoring_case;
using json::Value;
using runner::markdown_block;
using runner::markdown_code;
using runner::markdown_text;

constexpr std::size_t k_most_rules = 20;

// What users paste into a shell: never a word that the shell would read as more than one.
std::string shell_word(const std::string& word) { return "'" + base::replace_all(word, "'", "'\\''") + "'"; }

std::string file_of(const Value& value) { return json::to_pretty_text(value); }

// 3 to 120 letters, digits, dashes and underscores, beginning with a letter or digit.
std::string credential_name(std::string_view subject) {
  std::string name = "github-";
  for (const char c : subject.substr(0, 100)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain || name.back() != '-') name.push_back(plain ? c : '-');
  }
  while (name.back() == '-') name.pop_back();
  return name;
}

Remedy federated_credential(const DeployInputs& inputs, const azure::Presented& presented) {
  const std::string name = credential_name(presented.subject);
  const std::string credential = file_of(json::Object{{"name", name},
                                                      {"issuer", presented.issuer},
                                                      {"subject", presented.subject},
                                                      {"audiences", json::Array{presented.audience}}});
  const std::string commands =
      "# For an app registration:\n"
      "az ad app federated-credential create --id " +
      shell_word(inputs.client) +
      " --parameters federated-credential.json\n"
      "# For a managed identity (NAME and GROUP are its own):\n"
      "az identity federated-credential create --identity-name NAME --resource-group GROUP --name " +
      shell_word(name) + " --issuer " + shell_word(presented.issuer) + " --subject " + shell_word(presented.subject) +
      " --audiences " + shell_word(presented.audience) + "\n";
  Remedy remedy;
  remedy.summary =
      "### The identity needs a federated credential\n\nThis job presented exactly this, and the identity " +
      markdown_code(inputs.client) + " trusts nothing that is equal to it in every letter:\n\n" +
      "| | |\n|---|---|\n| issuer | " + markdown_code(presented.issuer) + " |\n| subject | " +
      markdown_code(presented.subject) + " |\n| audience | " + markdown_code(presented.audience) +
      " |\n\n`federated-credential.json`:\n\n" + markdown_block(credential) + "\n" + markdown_block(commands);
  remedy.files = {{"federated-credential.json", credential}, {"federated-credential.txt", commands}};
  return remedy;
}

// The least that a deploy through runCommand needs of Azure Resource Manager (deploy.md section 2.3).
constexpr std::array<std::string_view, 3> k_actions{"Microsoft.ContainerService/managedClusters/read",
                                                    "Microsoft.ContainerService/managedClusters/runCommand/action",
                                                    "Microsoft.ContainerService/managedClusters/commandResults/read"};

Remedy role_assignment(const DeployInputs& inputs, const std::string& told) {
  const auto fields = kube::match("object id '{object}'*perform action '{action}' over scope '{scope}'", told);
  const std::string principal = fields ? kube::fill("{object}", *fields) : "OBJECT_ID";
  const std::string action = fields ? kube::fill("{action}", *fields) : "";
  const std::string role_name = "Sentimark deploy by run command";
  json::Array actions;
  for (const std::string_view known : k_actions) actions.push_back(known);
  const bool is_known = std::any_of(k_actions.begin(), k_actions.end(),
                                    [&](std::string_view known) { return equals_ignoring_case(known, action); });
  if (!action.empty() && !is_known) actions.push_back(action);
  const std::string group =
      "/subscriptions/" + inputs.cluster.subscription + "/resourceGroups/" + inputs.cluster.resource_group;
  const std::string role =
      file_of(json::Object{{"Name", role_name},
                           {"IsCustom", Value(true)},
                           {"Description", "Reads one cluster, runs a command in it and reads its result"},
                           {"Actions", Value(std::move(actions))},
                           {"NotActions", json::Array{}},
                           {"DataActions", json::Array{}},
                           {"NotDataActions", json::Array{}},
                           {"AssignableScopes", json::Array{group}}});
  const std::string commands =
      "az role definition create --role-definition role-definition.json\n"
      "az role assignment create --assignee-object-id " +
      shell_word(principal) + " --assignee-principal-type ServicePrincipal --role " + shell_word(role_name) +
      " --scope " + shell_word(inputs.cluster.path()) + "\n";
  Remedy remedy;
  remedy.summary =
      "### The identity needs a role on the cluster\n\n" +
      (action.empty() ? std::string("Azure did not say which action is missing")
                      : markdown_code(action) + " is missing") +
      " for the identity with object id " + markdown_code(principal) +
      ". This role holds all that a deploy asks of Azure, and no more. A new assignment takes some minutes "
      "to count.\n\n`role-definition.json`:\n\n" +
      markdown_block(role) + "\n" + markdown_block(commands);
  remedy.files = {{"role-definition.json", role}, {"role-assignment.txt", commands}};
  return remedy;
}

struct Denied {
  std::string user, verb, resource, group, where;  // where: a namespace; empty: the whole cluster
  bool operator==(const Denied&) const = default;
};

// What the API server names so is made of these; a wildcard, or text that only looks like its words, is not.
bool is_plain(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '/';
  });
}

bool is_credible(const Denied& denied) {
  return !denied.user.empty() && !denied.verb.empty() && !denied.resource.empty() && is_plain(denied.verb) &&
         is_plain(denied.resource) && is_plain(denied.group) && is_plain(denied.where);
}

std::vector<Denied> denied_in(const std::string& told) {
  std::vector<Denied> all;
  for (const std::string& line : base::lines_of(told)) {
    const std::string what = "User \"{user}\" cannot {verb} resource \"{resource}\" in API group \"{group}\" ";
    std::string_view rest = line;
    for (std::size_t at = rest.find("User \""); at != std::string_view::npos; at = rest.find("User \"")) {
      rest.remove_prefix(at);
      const std::size_t next = rest.find("User \"", 6);
      const std::string_view one = rest.substr(0, next);
      auto fields = kube::match(what + "in the namespace \"{where}\"", one);
      if (!fields) fields = kube::match(what + "at the cluster scope", one);
      if (fields) {
        Denied denied{kube::fill("{user}", *fields), kube::fill("{verb}", *fields), kube::fill("{resource}", *fields),
                      kube::fill("{group|}", *fields), kube::fill("{where|}", *fields)};
        const bool fresh = std::find(all.begin(), all.end(), denied) == all.end();
        if (fresh && is_credible(denied) && all.size() < k_most_rules) all.push_back(denied);
      }
      if (next == std::string_view::npos) break;
      rest.remove_prefix(next);
    }
  }
  return all;
}

std::string yaml(std::string_view scalar) { return json::to_text(Value(scalar)); }  // JSON strings are YAML

std::string subject_of(const std::string& user) {
  const auto words = base::split(user, ':');
  if (words.size() == 4 && words[0] == "system" && words[1] == "serviceaccount") {
    return "  - kind: ServiceAccount\n    name: " + yaml(words[3]) + "\n    namespace: " + yaml(words[2]) + "\n";
  }
  return "  - kind: User\n    apiGroup: rbac.authorization.k8s.io\n    name: " + yaml(user) + "\n";
}

// A role with every right that was missing in one place, and its binding.
std::string role_and_binding(const DeployInputs& inputs, const std::vector<Denied>& all, const std::string& where) {
  const std::string kind = where.empty() ? "ClusterRole" : "Role";
  const std::string metadata = "metadata:\n  name: " + yaml("deploy-" + inputs.release) + "\n" +
                               (where.empty() ? "" : "  namespace: " + yaml(where) + "\n");
  std::string rules;
  std::string user;
  for (const Denied& denied : all) {
    if (denied.where != where) continue;
    user = denied.user;
    rules += "  - apiGroups: [" + yaml(denied.group) + "]\n    resources: [" + yaml(denied.resource) +
             "]\n    verbs: [" + yaml(denied.verb) + "]\n";
  }
  const std::string version = "apiVersion: rbac.authorization.k8s.io/v1\nkind: " + kind;
  return version + "\n" + metadata + "rules:\n" + rules + "---\n" + version + "Binding\n" + metadata +
         "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: " + kind +
         "\n  name: " + yaml("deploy-" + inputs.release) + "\nsubjects:\n" + subject_of(user);
}

Remedy role_binding(const DeployInputs& inputs, const std::vector<Denied>& all) {
  std::string manifest;
  std::vector<std::string> done;
  for (const Denied& denied : all) {
    if (std::find(done.begin(), done.end(), denied.where) != done.end()) continue;
    done.push_back(denied.where);
    manifest += (manifest.empty() ? "" : "---\n") + role_and_binding(inputs, all, denied.where);
  }
  Remedy remedy;
  remedy.summary =
      "### The identity needs a role in the cluster\n\n" + markdown_code(all.front().user) +
      " may not do what was asked. These are the rights that were missed; the next run may miss more, because "
      "Kubernetes "
      "tells one at a time. Read the subject before you apply it: it must be your workflow's identity. Where Azure "
      "RBAC decides, assign the role `Azure Kubernetes Service RBAC Writer` at the "
      "scope of the namespace instead.\n\n`role-binding.yaml`, for `kubectl auth reconcile -f`:\n\n" +
      markdown_block(manifest);
  remedy.files = {{"role-binding.yaml", manifest}};
  return remedy;
}

// Azure RBAC for Kubernetes names no rule, only that there is none.
Remedy azure_rbac(const DeployInputs& inputs, const std::string& user) {
  const std::string command = "az role assignment create --assignee-object-id " + shell_word(user) +
                              " --assignee-principal-type ServicePrincipal --role 'Azure Kubernetes Service RBAC "
                              "Writer' --scope " +
                              shell_word(inputs.cluster.path() + "/namespaces/" + inputs.namespace_name) + "\n";
  Remedy remedy;
  remedy.summary =
      "### The identity needs a role in the cluster\n\nAzure decides who may do what in this cluster, and " +
      markdown_code(user) + " has no role for namespace " + markdown_code(inputs.namespace_name) + ":\n\n" +
      markdown_block(command);
  remedy.files = {{"role-assignment.txt", command}};
  return remedy;
}

constexpr std::array<std::string_view, 5> k_federation{"AADSTS70021", "AADSTS700211", "AADSTS700212", "AADSTS700213",
                                                       "AADSTS7002138"};

}  // namespace

Remedy remedy_for(const DeployInputs& inputs, const azure::Presented& presented, const std::string& code,
                  const std::string& told) {
  if (std::find(k_federation.begin(), k_federation.end(), code) != k_federation.end() && !presented.subject.empty()) {
    return federated_credential(inputs, presented);
  }
  if (code == "AuthorizationFailed") return role_assignment(inputs, told);
  const bool by_azure = base::contains(told, "User does not have access to the resource in Azure");
  const std::vector<Denied> denied = denied_in(told);
  if (denied.empty()) return {};
  return by_azure ? azure_rbac(inputs, denied.front().user) : role_binding(inputs, denied);
}

}  // namespace sentimark::helm_private_deploy
