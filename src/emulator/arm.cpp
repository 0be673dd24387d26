#include "emulator/arm.hpp"

#include <ctime>
#include <vector>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "emulator/api_versions.hpp"
#include "emulator/keys.hpp"
#include "emulator/managed_cluster.hpp"
#include "emulator/roles.hpp"
#include "json/text.hpp"

namespace sentimark::emulator {
namespace {

std::string action_of(const std::string& operation) {
  const std::string prefix = "Microsoft.ContainerService/managedClusters/";
  if (operation == "runCommand") return prefix + "runcommand/action";
  if (operation == "commandResult") return prefix + "commandResults/read";
  if (operation == "startCluster") return prefix + "start/action";
  return operation == "getCluster" ? prefix + "read" : "Microsoft.Resources/subscriptions/read";
}

bool is_action(const std::string& operation) { return operation == "runCommand" || operation == "startCluster"; }

// How AKS refuses what would disturb an operation that is under way.
Reply in_progress(const ClusterState& state) {
  return arm_error(409, "OperationNotAllowed",
                   "Operation is not allowed: Another operation (" + state.provisioning +
                       ") is in progress, please wait for it to finish before starting a new operation.");
}

Reply denied_by_policy(const Arm::Target& target) {
  const std::string policy =
      "/subscriptions/" + target.subscription + "/providers/Microsoft.Authorization/policyAssignments/deny-run-command";
  const json::Value info = json::Object{{"policyAssignmentDisplayName", "Deny run command"},
                                        {"policyAssignmentId", policy},
                                        {"policyDefinitionEffect", "deny"}};
  const json::Value more = json::Array{json::Object{{"type", "PolicyViolation"}, {"info", info}}};
  const json::Value error = json::Object{
      {"code", "RequestDisallowedByPolicy"},
      {"target", target.name},
      {"message", "Resource '" + target.name + "' was disallowed by policy. Policy identifiers: '" + policy + "'."},
      {"additionalInfo", more}};
  return json_reply(403, json::Object{{"error", error}});
}

int status_of(const Refusal& refusal) {
  return refusal.code == "Throttled" ? 429 : refusal.code == "OperationNotAllowed" ? 409 : 400;
}

}  // namespace

Arm::Arm(const Config& config, const Identity& identity, std::optional<Kubernetes> cluster, std::string url)
    : config_(config),
      identity_(identity),
      url_(std::move(url)),
      commands_(config, std::move(cluster)),
      power_(config) {}

std::optional<Arm::Target> Arm::target_of(const Request& request) {
  if (request.method == "GET" && request.path == "/subscriptions") return Target{"subscriptions", "", "", "", ""};
  if (request.path.size() > 512) return std::nullopt;
  // "", subscriptions, S, resourceGroups, G, providers, Microsoft.ContainerService, managedClusters, N, and what of it
  const std::vector<std::string> parts = base::split(request.path, '/');
  const auto is = [&](std::size_t index, const char* word) { return base::equals_ignoring_case(parts[index], word); };
  if (parts.size() == 9 && is(1, "subscriptions") && is(3, "providers") && is(4, "Microsoft.ContainerService") &&
      is(5, "locations") && is(7, "operationresults") && request.method == "GET" && !parts[2].empty())
    return Target{"operationResult", parts[2], "", "", parts[8]};
  if (parts.size() < 9 || parts.size() > 11 || !is(1, "subscriptions") || !is(3, "resourceGroups") ||
      !is(5, "providers") || !is(6, "Microsoft.ContainerService") || !is(7, "managedClusters"))
    return std::nullopt;
  Target target{"getCluster", parts[2], parts[4], parts[8], ""};
  if (target.subscription.empty() || target.group.empty() || target.name.empty()) return std::nullopt;
  if (parts.size() == 10 && is(9, "runCommand")) {
    target.operation = "runCommand";
  } else if (parts.size() == 10 && is(9, "start")) {
    target.operation = "startCluster";
  } else if (parts.size() == 11 && is(9, "commandResults") && base::is_hex(parts[10])) {
    target.operation = "commandResult";
    target.id = parts[10];
  } else if (parts.size() != 9) {
    return std::nullopt;
  }
  if (request.method != (is_action(target.operation) ? "POST" : "GET")) return std::nullopt;
  return target;
}

Reply Arm::refusal(const Target& target, const Request& request) const {
  const std::string token = request.bearer();
  if (token.empty())
    return arm_error(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
  const json::Value claims = identity_.claims_of(token);
  if (claims.is_null()) return arm_error(401, "InvalidAuthenticationToken", "The access token is invalid.");
  const std::string audience = claims["aud"].string_or_empty();
  if (audience == aks_server_resource || audience == vault_resource)
    return arm_error(401, "InvalidAuthenticationTokenAudience",
                     "The access token has been obtained for the wrong audience.");
  if (claims["exp"].int_or(0) <= std::time(nullptr))
    return arm_error(401, "ExpiredAuthenticationToken", "The access token expiry is in the past.");
  const Reply version = judge_api_version(target.operation == "subscriptions" ? "subscriptions" : "managedClusters",
                                          request.parameter("api-version"));
  if (version.status != 200 || target.operation == "subscriptions") return version;
  if (!base::equals_ignoring_case(target.subscription, config_.subscription))
    return arm_error(404, "SubscriptionNotFound", "The subscription '" + target.subscription + "' could not be found.");
  if (target.operation == "operationResult") return version;  // whoever may start may read how far it is
  // The scope of an action on a resource is the resource itself.
  const std::string scope =
      is_action(target.operation) ? request.path.substr(0, request.path.rfind('/')) : request.path;
  const std::string action = action_of(target.operation);
  // The assignments are the client's; a workload's identity has none.
  const std::string who = claims["oid"].string_or_empty();
  if (who != config_.object_id || !is_allowed(config_.roles, action, scope))
    return authorization_failed(claims["appid"].string_or_empty(), who, action, scope);
  if (!base::equals_ignoring_case(target.group, config_.resource_group))
    return arm_error(404, "ResourceGroupNotFound", "Resource group '" + target.group + "' could not be found.");
  if (!base::equals_ignoring_case(target.name, config_.cluster))
    return arm_error(404, "ResourceNotFound",
                     "The Resource 'Microsoft.ContainerService/managedClusters/" + target.name +
                         "' under resource group '" + target.group + "' was not found.");
  return {};
}

std::string Arm::location(const Target& target, const Request& request, const std::string& id) const {
  return url_ + "/subscriptions/" + target.subscription + "/resourceGroups/" + target.group +
         "/providers/Microsoft.ContainerService/managedClusters/" + target.name + "/commandResults/" + id +
         "?api-version=" + request.parameter("api-version");
}

// Azure says 202 with Location while a command runs; the body is what azure-cli reads.
Reply Arm::running(const Target& target, const Request& request, const std::string& id,
                   const json::Value& state) const {
  Reply reply = json_reply(202, json::Object{{"id", id}, {"properties", state}});
  reply.headers = {{"Location", location(target, request, id)}, {"Retry-After", config_.instant ? "0" : "1"}};
  return reply;
}

Reply Arm::run(const Target& target, const Request& request, const std::optional<Fault>& fault) {
  const std::string kind = fault ? fault->kind : "";
  if (request.body.size() > config_.context_limit)
    return arm_error(413, "RequestContentTooLarge", "The request content was too large: it exceeds the maximum size.");
  const ClusterState state = power_.now();
  if (state.power != "Running")
    return arm_error(409, "OperationNotAllowed",
                     "managed cluster is in Provisioning State(" + state.provisioning + ") and Power State(" +
                         state.power + "), running a command cannot be performed");
  if (!state.is_settled()) return in_progress(state);
  if (config_.disable_run_command)
    return arm_error(400, "BadRequest",
                     "Run command is disabled on this cluster (apiServerAccessProfile.disableRunCommand is true).");
  if (kind == "gatekeeper-denial")
    return arm_error(400, "KubernetesOperationError",
                     "Failed to run command in managed cluster due to kubernetes failure. details: admission webhook "
                     "\"validation.gatekeeper.sh\" denied the request: [azurepolicy-k8sazurev3allowedimages] container "
                     "image is not allowed");
  if (kind == "policy-denial") return denied_by_policy(target);
  auto body = json::parse(request.body);
  if (!body || (*body)["command"].string_or_empty().empty())
    return arm_error(400, "InvalidParameter", "Required parameter command is missing (null).");
  if (config_.command_limit > 0 && (*body)["command"].string_or_empty().size() > config_.command_limit)
    return arm_error(413, "RequestContentTooLarge", "The request content was too large: it exceeds the maximum size.");
  if (config_.aad) {
    const std::string& token = (*body)["clusterToken"].string_or_empty();
    if (token.empty())
      return arm_error(400, "MissingAADClusterToken",
                       "This cluster have Azure Active Directory enabled, .clusterToken is required.");
    const json::Value claims = identity_.claims_of(token);
    if (claims["aud"].string_or_empty() != aks_server_resource || claims["exp"].int_or(0) <= std::time(nullptr))
      return arm_error(400, "InvalidAADClusterToken",
                       "The clusterToken is not a valid token for the AKS AAD server application.");
  }
  Order order{(*body)["command"].string_or_empty(), {}, std::nullopt, config_.object_id};
  json::Value files = json::Value::object();
  if (const std::string& context = (*body)["context"].string_or_empty(); !context.empty()) {
    auto unpacked = unpack_context(context);
    if (unpacked && kind == "flip-byte")
      if (auto flipped = flip_byte(*unpacked, fault->file); !flipped) unpacked = std::move(flipped).error();
    if (!unpacked) return arm_error(400, "InvalidParameter", unpacked.error().what);
    for (const auto& [name, bytes] : unpacked->files) files.set(name, sha256_hex(bytes));
    order.context = std::move(*unpacked);
  }
  if (config_.aad) {
    const json::Value claims = identity_.claims_of((*body)["clusterToken"].string_or_empty());
    order.caller = Caller{claims["oid"].string_or_empty(), {}, claims["exp"].int_or(0)};
    for (const json::Value& group : claims["groups"].items()) order.caller->groups.push_back(group.string_or_empty());
  }
  const Commands::Started started = commands_.start(order, fault);
  Reply reply = started.id.empty()
                    ? arm_error(status_of(started.refusal), started.refusal.code, started.refusal.message)
                    : running(target, request, started.id, json::Object{{"provisioningState", "Running"}});
  reply.notes = json::Object{{"commandId", started.id}, {"pods", started.facts}, {"files", files}};
  return reply;
}

// managedClusters/NAME/start: 202 and the cluster says itself how far it is (2025-10-01/managedClusters.json).
Reply Arm::start(const Target& target, const Request& request) {
  if (!power_.start()) return in_progress(power_.now());
  return starting(target, request);
}

Reply Arm::starting(const Target& target, const Request& request) const {
  Reply reply = json_reply(202, json::Value());
  reply.body.clear();
  reply.headers = {{"Location", url_ + "/subscriptions/" + target.subscription +
                                    "/providers/Microsoft.ContainerService/locations/westeurope/operationresults/start"
                                    "?api-version=" +
                                    request.parameter("api-version")},
                   {"Retry-After", "10"}};
  return reply;
}

// The Location of a start: 202 while it goes on, then 204.
Reply Arm::operation_result(const Target& target, const Request& request) {
  if (target.id != "start") return arm_error(404, "NotFound", "The operation '" + target.id + "' was not found.");
  if (!power_.now().is_settled()) return starting(target, request);
  Reply reply = json_reply(204, json::Value());
  reply.body.clear();
  return reply;
}

Reply Arm::result(const Target& target, const Request& request, bool stale) {
  const auto found = commands_.look(target.id, stale);
  if (!found) return arm_error(404, "NotFound", "The command '" + target.id + "' was not found.");
  json::Value state = json::Object{{"provisioningState", "Running"}, {"startedAt", found->started}};
  if (!found->done) {
    if (!found->outcome.logs.empty()) state.set("logs", found->outcome.logs);
    Reply reply = running(target, request, target.id, state);
    reply.notes = json::Object{{"commandId", target.id}, {"state", "Running"}};
    return reply;
  }
  const CommandOutcome& outcome = found->outcome;
  if (outcome.finished)
    state = json::Object{{"provisioningState", "Succeeded"},
                         {"exitCode", outcome.exit_code},
                         {"startedAt", found->started},
                         {"finishedAt", found->finished},
                         {"logs", outcome.logs}};
  else
    state = json::Object{{"provisioningState", "Failed"}, {"reason", outcome.reason}};
  Reply reply = json_reply(200, json::Object{{"id", target.id}, {"properties", state}});
  reply.notes = json::Object{{"commandId", target.id}, {"state", state["provisioningState"]}};
  return reply;
}

// The provider's buckets (azure-aks-docs, articles/aks/quotas-skus-regions.md): 60 calls at once, then one a second,
// for the cluster's GET and for everything else of the subscription together.
std::int64_t Arm::over_limit(const Target& target) {
  const std::chrono::duration<double> now = std::chrono::steady_clock::now() - begun_;
  const std::lock_guard lock(mutex_);
  TokenBucket& bucket = target.operation == "getCluster" ? reads_ : others_;
  return target.operation == "subscriptions" ? 0 : bucket.take(now.count() * config_.time_scale);
}

Reply Arm::answer(const Target& target, const Request& request, const std::optional<Fault>& fault) {
  Reply refused = refusal(target, request);
  if (refused.status != 200) return refused;
  if (const std::int64_t seconds = config_.throttle ? over_limit(target) : 0; seconds > 0) {
    Reply reply = arm_error(429, "Throttled", "The request is throttled: too many calls for this subscription.");
    reply.headers.emplace_back("Retry-After", std::to_string(seconds));
    return reply;
  }
  if (target.operation == "runCommand") return run(target, request, fault);
  if (target.operation == "startCluster") return start(target, request);
  if (target.operation == "operationResult") return operation_result(target, request);
  if (target.operation == "commandResult") return result(target, request, fault && fault->kind == "stale-result");
  if (target.operation == "getCluster") return json_reply(200, managed_cluster(config_, power_.now()));
  const json::Value own = json::Object{{"id", "/subscriptions/" + config_.subscription},
                                       {"subscriptionId", config_.subscription},
                                       {"tenantId", config_.tenant},
                                       {"displayName", "demo"},
                                       {"state", "Enabled"}};
  return json_reply(200, json::Object{{"value", json::Array{own}}});
}

}  // namespace sentimark::emulator
