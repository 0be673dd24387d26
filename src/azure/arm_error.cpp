#include "azure/arm_error.hpp"

#include <array>

#include "base/text.hpp"
#include "json/text.hpp"

namespace sentimark::azure {
namespace {

using base::Outcome;

constexpr std::size_t k_told = 600;

struct Row {
  std::string_view code;
  Outcome kind;
  std::string_view cure;
};

// deploy.md sections 4.5 and 6.1. Codes are never localised, messages are.
constexpr std::array<Row, 19> k_rows{{
    {"AuthorizationFailed", Outcome::auth,
     "give the identity a role with managedClusters/read, runCommand/action and commandResults/read on the cluster; a "
     "new "
     "assignment takes some minutes to count"},
    {"LinkedAuthorizationFailed", Outcome::auth, "give the identity the named right as well"},
    {"AuthenticationFailed", Outcome::auth, "check client-id and tenant-id"},
    {"ExpiredAuthenticationToken", Outcome::auth, "run again; if it happens again, the clock of the runner is wrong"},
    {"InvalidAuthenticationToken", Outcome::auth, "check that environment and tenant-id belong together"},
    {"InvalidAuthenticationTokenTenant", Outcome::auth, "check tenant-id: the subscription belongs to another tenant"},
    {"InvalidAuthenticationTokenAudience", Outcome::auth, "check environment and arm-endpoint"},
    {"RequestDisallowedByPolicy", Outcome::auth, "ask the owner of the named Azure policy for an exemption"},
    {"SubscriptionNotFound", Outcome::config, "check subscription-id and environment"},
    {"ResourceGroupNotFound", Outcome::config, "check resource-group and subscription-id"},
    {"ResourceNotFound", Outcome::config, "check cluster, resource-group and subscription-id"},
    {"NoRegisteredProviderFound", Outcome::config, "set api-version to one of those that the message lists"},
    {"InvalidApiVersionParameter", Outcome::config, "set api-version to one of those that the message lists"},
    {"MissingAADClusterToken", Outcome::auth, "run again: the cluster's Entra integration changed while the job ran"},
    {"InvalidAADClusterToken", Outcome::auth, "check that the cluster and the identity are of one tenant"},
    {"KubernetesPerformanceError", Outcome::remote,
     "make room for the command pod: one node without user taints and with 200m CPU and 500Mi memory free, or an "
     "autoscaler minimum of 1; then run the same job again: a pod that found room late may have done its work already"},
    {"KubernetesOperationError", Outcome::remote,
     "exempt the namespace aks-command from the policy, quota or webhook that the message names"},
    {"AKSOperationPreempted", Outcome::remote,
     "another operation on the cluster is in progress: wait for its end, run again"},
    {"Throttled", Outcome::network, "let fewer jobs use this subscription at the same time"},
}};

}  // namespace

base::Error arm_error(const sys::Response& response) {
  const auto body = json::parse(response.body);
  const json::Value root = body ? *body : json::Value();
  const json::Value& error = root["error"].is_object() ? root["error"] : root;
  std::string code = error["code"].string_or_empty();
  const std::string message = error["message"].string_or_empty();
  std::string what = "Azure refused the request";
  what += " with status " + std::to_string(response.status);
  if (!code.empty()) what += " (" + base::shorten(code, 80) + ")";
  if (!message.empty()) what += ": " + base::shorten(base::trim(message), k_told);
  for (const Row& row : k_rows) {
    if (base::equals_ignoring_case(row.code, code))
      return base::fail(row.kind, what, std::string(row.cure), std::string(row.code));
  }
  if (response.status == 413) return base::fail(Outcome::remote, what, "make the chart smaller", "too-large");
  code = code.empty() ? "http-" + std::to_string(response.status) : base::shorten(code, 80);
  if (response.status == 429) {
    return base::fail(Outcome::network, what, "let fewer jobs use this subscription at the same time", code);
  }
  if (response.status == 401 || response.status == 403) {
    return base::fail(Outcome::auth, what, "check the identity and its roles on the cluster", code);
  }
  if (code == "OperationNotAllowed" && base::contains(message, "Power State(Stopped)")) {
    return base::fail(Outcome::refused, what, "start the cluster (az aks start), then run again", "stopped");
  }
  if (base::contains(message, "Another operation")) {
    return base::fail(Outcome::remote, what,
                      "another operation on the cluster is in progress: wait for its end, run again", "busy");
  }
  if (base::contains(message, "disableRunCommand") || base::contains(message, "Run command is disabled")) {
    return base::fail(
        Outcome::refused, what,
        "enable run command (az aks update --enable-run-command), or use transport: local on a runner inside "
        "the network",
        "run-command-disabled");
  }
  return base::fail(Outcome::remote, what, response.status >= 500 ? "run again" : "", code);
}

bool is_busy(const base::Error& error) { return error.code == "busy" || error.code == "AKSOperationPreempted"; }

}  // namespace sentimark::azure
