#include "helm_private_deploy/inputs.hpp"

#include "unit/helm_private_deploy/plans.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using base::Outcome;
using helm_private_deploy::OnFailure;
using helm_private_deploy::Transport;
using test::has_kind;
using test::inputs_of;
using test::is_ok;

TEST(DeployInputs, have_the_documented_defaults) {
  const auto inputs = inputs_of();
  ASSERT_TRUE(is_ok(inputs));
  EXPECT_EQ(inputs->chart, "chart");
  EXPECT_EQ(inputs->transport, Transport::run_command);
  EXPECT_EQ(inputs->on_failure, OnFailure::rollback);
  EXPECT_EQ(inputs->timeout, Millis{600'000});
  EXPECT_EQ(inputs->helm, "helm");
  EXPECT_EQ(inputs->kubectl, "kubectl");
  EXPECT_EQ(inputs->cloud.authority, "https://login.microsoftonline.com");
  EXPECT_EQ(inputs->cloud.oidc_audience, "api://AzureADTokenExchange");
  EXPECT_EQ(inputs->api_version, "2025-10-01");
  EXPECT_FALSE(inputs->create_namespace);
  EXPECT_FALSE(inputs->dry_run);
  EXPECT_EQ(inputs->operation, "");
}

TEST(DeployInputs, are_taken_as_given) {
  const auto inputs = inputs_of({{"values", "a.yaml\n\nb.yaml\n"},
                                 {"values-inline", "  indented: yes\n"},
                                 {"create-namespace", "true"},
                                 {"environment", "AzureUSGovernment"},
                                 {"authority-host", "https://127.0.0.1:4444/"},
                                 {"arm-endpoint", "https://[::1]:4444"},
                                 {"oidc-audience", "api://own"},
                                 {"timeout", "1h30m"},
                                 {"on-failure", "uninstall-if-first"},
                                 {"operation-id", "0123456789abcdef0123456789abcdef"},
                                 {"dry-run", "true"},
                                 {"format", "json"}});
  ASSERT_TRUE(is_ok(inputs));
  EXPECT_EQ(inputs->values_files, (std::vector<std::string>{"a.yaml", "b.yaml"}));
  EXPECT_EQ(inputs->values_inline, "  indented: yes\n");  // white space means something in YAML
  EXPECT_EQ(inputs->cloud.authority, "https://127.0.0.1:4444");
  EXPECT_EQ(inputs->cloud.resource_manager, "https://[::1]:4444");
  // A token for an own address is still one for the cloud's resource manager.
  EXPECT_EQ(inputs->cloud.scope, "https://management.usgovcloudapi.net/.default");
  EXPECT_EQ(inputs->cloud.oidc_audience, "api://own");
  EXPECT_EQ(inputs->timeout, Millis{5'400'000});
  EXPECT_EQ(inputs->on_failure, OnFailure::uninstall_if_first);
  EXPECT_TRUE(inputs->dry_run);
}

TEST(DeployInputs, that_are_wrong_are_named_with_a_cure) {
  struct Row {
    const char* name;
    std::string value;
    const char* cure;  // a part of it
  };
  const Row rows[] = {
      {"release", "Prices", "53 lower-case letters"},
      {"release", std::string(54, 'a'), "53 lower-case letters"},
      {"release", "a;rm -rf", "53 lower-case letters"},
      {"release", "-a", "no dash at either end"},
      {"namespace", "a_b", "63 lower-case letters"},
      {"namespace", std::string(64, 'a'), "63 lower-case letters"},
      {"transport", "ssh", "run-command, local"},
      {"transport", "Local", "run-command, local"},
      {"on-failure", "retry", "rollback, keep, uninstall-if-first"},
      {"format", "xml", "text, json"},
      {"timeout", "10", "90s or 10m"},
      {"timeout", "-5m", "90s or 10m"},
      {"timeout", "4999ms", "90s or 10m"},
      {"timeout", "25h", "90s or 10m"},
      {"authority-host", "http://login.example", "https://HOST"},
      {"authority-host", "login.example", "https://HOST"},
      {"authority-host", "https://", "https://HOST"},
      {"authority-host", "https://user@login.example", "https://HOST"},
      {"arm-endpoint", "https://arm.example/path", "https://HOST"},
      {"arm-endpoint", "https://arm.example?x", "https://HOST"},
      {"arm-endpoint", "https://arm.example#x", "https://HOST"},
      {"operation-id", "abc", "32 of 0-9 and a-f"},
      {"operation-id", std::string(32, 'A'), "32 of 0-9 and a-f"},
      {"operation-id", std::string(31, 'a') + ";", "32 of 0-9 and a-f"},
      {"chart", "oci://registry.example/app:1.2.3", "@sha256:DIGEST"},
      {"chart", "oci://registry.example/App@sha256:0", "@sha256:DIGEST"},
      {"registry-config", "config.json", "oci://"},
      {"registry-ca-file", "ca.pem", "oci://"},
      {"client-id", " ", "transport: local"},
      {"tenant-id", "", "transport: local"},
      {"subscription-id", "", "transport: local"},
      {"resource-group", "", "transport: local"},
      {"cluster", "", "transport: local"},
  };
  for (const Row& row : rows) {
    const auto inputs = inputs_of({{row.name, row.value}});
    ASSERT_TRUE(has_kind(inputs, Outcome::usage)) << row.name << " " << row.value;
    EXPECT_EQ(inputs.error().what.rfind(std::string("input ") + row.name + " ", 0), 0U) << inputs.error().what;
    EXPECT_NE(inputs.error().cure.find(row.cure), std::string::npos) << inputs.error().cure;
  }
  const auto unknown = inputs_of({{"environment", "mooncake"}});
  ASSERT_TRUE(has_kind(unknown, Outcome::usage));
  EXPECT_LT(inputs_of({{"transport", std::string(10'000, 'x')}}).error().what.size(), 200U);
}

TEST(DeployInputs, need_no_azure_for_the_local_way) {
  const auto inputs = inputs_of({{"transport", "local"},
                                 {"client-id", ""},
                                 {"tenant-id", ""},
                                 {"subscription-id", ""},
                                 {"resource-group", ""},
                                 {"cluster", ""},
                                 {"kubeconfig", "kube/config"}});
  ASSERT_TRUE(is_ok(inputs));
  EXPECT_EQ(inputs->transport, Transport::local);
  EXPECT_EQ(inputs->kubeconfig, "kube/config");
}
