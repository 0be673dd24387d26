// B-08: what is missing, as text and as files that can be applied as they are.
#include "helm_private_deploy/identity_doctor.hpp"

#include "base/text.hpp"
#include "json/text.hpp"
#include "unit/helm_private_deploy/plans.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using helm_private_deploy::Remedy;
using helm_private_deploy::remedy_for;

namespace {

const azure::Presented k_presented{"https://token.example", "repo:o/r:environment:dev", "api://AzureADTokenExchange"};

std::string file(const Remedy& remedy, std::string_view name) {
  for (const wire::Evidence& piece : remedy.files) {
    if (piece.name == name) return piece.text;
  }
  return "(no such file)";
}

Remedy told(const std::string& code, const std::string& text) {
  const auto inputs = test::inputs_of();
  EXPECT_TRUE(test::is_ok(inputs));
  return remedy_for(*inputs, k_presented, code, text);
}

}  // namespace

TEST(IdentityDoctor, a_federated_credential_says_exactly_what_was_presented) {
  for (const char* code : {"AADSTS70021", "AADSTS700211", "AADSTS700212", "AADSTS700213", "AADSTS7002138"}) {
    const Remedy remedy = told(code, "no match");
    const auto credential = json::parse(file(remedy, "federated-credential.json"));
    ASSERT_TRUE(test::is_ok(credential)) << code;
    EXPECT_EQ((*credential)["issuer"].string_or_empty(), "https://token.example");
    EXPECT_EQ((*credential)["subject"].string_or_empty(), "repo:o/r:environment:dev");
    EXPECT_EQ((*credential)["audiences"].items().front().string_or_empty(), "api://AzureADTokenExchange");
    EXPECT_EQ((*credential)["name"].string_or_empty(), "github-repo-o-r-environment-dev");
    EXPECT_TRUE(base::contains(remedy.summary, "az ad app federated-credential create --id 'client'"));
  }
  EXPECT_EQ(told("AADSTS700024", "expired").summary, "");
}

TEST(IdentityDoctor, a_hostile_subject_stays_data_in_a_shell_command) {
  const auto inputs = test::inputs_of();
  ASSERT_TRUE(test::is_ok(inputs));
  const Remedy remedy = remedy_for(*inputs, {"i", "a' ; rm -rf / #`x`\n```", "aud"}, "AADSTS700213", "");
  EXPECT_TRUE(base::contains(file(remedy, "federated-credential.txt"), R"(--subject 'a'\'' ; rm -rf / #`x`)"));
  EXPECT_FALSE(base::contains(remedy.summary, "\n```\n```"));
}

TEST(IdentityDoctor, a_role_holds_the_missing_action_and_all_that_a_deploy_needs) {
  const Remedy remedy =
      told("AuthorizationFailed",
           "Azure refused the request with status 403 (AuthorizationFailed): The client 'c' with object "
           "id '5-5' does not have authorization to perform action "
           "'Microsoft.ContainerService/managedClusters/start/action' over scope '/subscriptions/sub' or "
           "the scope is invalid.");
  const auto role = json::parse(file(remedy, "role-definition.json"));
  ASSERT_TRUE(test::is_ok(role));
  std::vector<std::string> actions;
  for (const json::Value& action : (*role)["Actions"].items()) actions.push_back(action.string_or_empty());
  EXPECT_EQ(actions, (std::vector<std::string>{"Microsoft.ContainerService/managedClusters/read",
                                               "Microsoft.ContainerService/managedClusters/runCommand/action",
                                               "Microsoft.ContainerService/managedClusters/commandResults/read",
                                               "Microsoft.ContainerService/managedClusters/start/action"}));
  EXPECT_EQ((*role)["AssignableScopes"].items().front().string_or_empty(), "/subscriptions/sub/resourceGroups/rg-dev");
  EXPECT_TRUE(base::contains(file(remedy, "role-assignment.txt"), "--assignee-object-id '5-5'"));
}

TEST(IdentityDoctor, every_right_that_was_missed_becomes_a_rule_where_it_was_missed) {
  const Remedy remedy =
      told("",
           "Error: secrets is forbidden: User \"u\" cannot list resource \"secrets\" in API group \"\" in "
           "the namespace \"shop\"\ndeployments.apps \"x\" is forbidden: User \"u\" cannot patch resource "
           "\"deployments\" in API group \"apps\" in the namespace \"shop\", namespaces is forbidden: User "
           "\"u\" cannot create resource \"namespaces\" in API group \"\" at the cluster scope\nUser \"u\" "
           "cannot list resource \"secrets\" in API group \"\" in the namespace \"shop\"");
  const std::string manifest = file(remedy, "role-binding.yaml");
  EXPECT_EQ(manifest, R"(apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: "deploy-prices"
  namespace: "shop"
rules:
  - apiGroups: [""]
    resources: ["secrets"]
    verbs: ["list"]
  - apiGroups: ["apps"]
    resources: ["deployments"]
    verbs: ["patch"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: "deploy-prices"
  namespace: "shop"
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: "deploy-prices"
subjects:
  - kind: User
    apiGroup: rbac.authorization.k8s.io
    name: "u"
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: "deploy-prices"
rules:
  - apiGroups: [""]
    resources: ["namespaces"]
    verbs: ["create"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: "deploy-prices"
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: "deploy-prices"
subjects:
  - kind: User
    apiGroup: rbac.authorization.k8s.io
    name: "u"
)");
}

TEST(IdentityDoctor, a_service_account_is_bound_as_one_and_azure_is_asked_where_azure_decides) {
  const std::string missed = " cannot list resource \"secrets\" in API group \"\" in the namespace \"shop\"";
  EXPECT_TRUE(
      base::contains(file(told("", "User \"system:serviceaccount:aks-command:default\"" + missed), "role-binding.yaml"),
                     "  - kind: ServiceAccount\n    name: \"default\"\n    namespace: \"aks-command\"\n"));
  const Remedy azure =
      told("", "User \"9-9\"" + missed +
                   ": User does not have access to the resource in Azure. Update role assignment to allow "
                   "access.");
  EXPECT_TRUE(base::contains(file(azure, "role-assignment.txt"), "'Azure Kubernetes Service RBAC Writer' --scope "));
  EXPECT_TRUE(base::contains(file(azure, "role-assignment.txt"), "/managedClusters/aks-dev/namespaces/shop'"));
}

TEST(IdentityDoctor, other_failures_are_not_its_own) {
  EXPECT_EQ(told("", "the image does not exist").summary, "");
  EXPECT_TRUE(told("ResourceNotFound", "no such cluster").files.empty());
}

TEST(IdentityDoctor, a_wildcard_or_a_word_that_kubernetes_has_not_is_never_a_rule) {
  for (const char* text : {R"(User "u" cannot * resource "secrets" in API group "" in the namespace "shop")",
                           R"(User "u" cannot get resource "*" in API group "*" in the namespace "shop")",
                           R"(User "u" cannot get resource "Secrets" in API group "" in the namespace "shop")",
                           R"(User "" cannot get resource "secrets" in API group "" in the namespace "shop")"})
    EXPECT_TRUE(told("", text).files.empty()) << text;
}
