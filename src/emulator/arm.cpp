#include "emulator/arm.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <regex>

#include "base/time.hpp"
#include "json/text.hpp"

namespace sentimark::emulator {
namespace {

constexpr std::size_t most_running = 16;

constexpr std::array<const char*, 59> versions{
    "2021-02-01", "2021-03-01", "2021-05-01", "2021-07-01", "2021-08-01", "2021-09-01", "2021-10-01", "2022-01-01",
    "2022-02-01", "2022-03-01", "2022-04-01", "2022-06-01", "2022-07-01", "2022-08-01", "2022-09-01", "2022-11-01",
    "2023-01-01", "2023-02-01", "2023-03-01", "2023-04-01", "2023-05-01", "2023-06-01", "2023-07-01", "2023-08-01",
    "2023-09-01", "2023-10-01", "2023-11-01", "2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01",
    "2024-06-01", "2024-07-01", "2024-08-01", "2024-09-01", "2024-10-01", "2025-01-01", "2025-02-01", "2025-03-01",
    "2025-04-01", "2025-05-01", "2025-06-01", "2025-07-01", "2025-08-01", "2025-09-01", "2025-10-01", "2025-11-01",
    "2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01", "2026-07-01",
    "2026-08-01", "2019-11-01", "2022-12-01"};

std::string now_text() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return base::to_rfc3339({std::chrono::duration_cast<base::Millis>(since)});
}

bool same(const std::string& left, const std::string& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

std::string action_of(const std::string& operation) {
  const std::string prefix = "Microsoft.ContainerService/managedClusters/";
  if (operation == "runCommand") return prefix + "runcommand/action";
  if (operation == "commandResult") return prefix + "commandResults/read";
  return operation == "getCluster" ? prefix + "read" : "Microsoft.Resources/subscriptions/read";
}

}  // namespace

Arm::Arm(const Config& config, const Identity& identity, std::string url)
    : config_(config), identity_(identity), url_(std::move(url)) {}

Arm::~Arm() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
}

std::optional<Arm::Target> Arm::target_of(const Request& request) {
  if (request.method == "GET" && request.path == "/subscriptions") return Target{"subscriptions", "", "", "", ""};
  static const std::regex form(
      "/subscriptions/([^/]{1,64})/resource[gG]roups/([^/]{1,90})/providers/Microsoft\\.ContainerService/"
      "managedClusters/([^/]{1,63})"
      "(?:/(runCommand|commandResults/([0-9a-f]{1,64})))?",
      std::regex::icase);
  std::smatch found;
  if (request.path.size() > 512 || !std::regex_match(request.path, found, form)) return std::nullopt;
  const std::string operation = found[5].matched ? "commandResult" : found[4].matched ? "runCommand" : "getCluster";
  if (request.method != (operation == "runCommand" ? "POST" : "GET")) return std::nullopt;
  return Target{operation, found[1], found[2], found[3], found[5]};
}

Reply Arm::refusal(const Target& target, const Request& request) const {
  const std::string token = request.bearer();
  if (token.empty())
    return arm_error(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
  const json::Value claims = identity_.claims_of(token);
  if (claims.is_null()) return arm_error(401, "InvalidAuthenticationToken", "The access token is invalid.");
  if (claims["aud"].string_or_empty() == aks_server_resource)
    return arm_error(401, "InvalidAuthenticationTokenAudience",
                     "The access token has been obtained for the wrong audience.");
  if (claims["exp"].int_or(0) <= std::time(nullptr))
    return arm_error(401, "ExpiredAuthenticationToken", "The access token expiry is in the past.");
  const std::string version = request.parameter("api-version");
  if (version.empty())
    return arm_error(400, "MissingApiVersionParameter",
                     "The api-version query parameter (?api-version=) is required for all requests.");
  if (std::find(versions.begin(), versions.end(), version) == versions.end()) {
    std::string list;
    for (const char* known : versions) list += (list.empty() ? "" : ",") + std::string(known);
    return arm_error(400, "InvalidApiVersionParameter",
                     "The api-version '" + version + "' is invalid. The supported versions are '" + list + "'.");
  }
  if (target.operation == "subscriptions") return {};
  if (!same(target.subscription, config_.subscription))
    return arm_error(404, "SubscriptionNotFound", "The subscription '" + target.subscription + "' could not be found.");
  const std::string action = action_of(target.operation);
  bool allowed = false;
  for (const std::string& own : config_.actions) allowed = allowed || own == "*" || same(own, action);
  if (!allowed)
    return arm_error(403, "AuthorizationFailed",
                     "The client '" + config_.client + "' with object id '" + config_.object_id +
                         "' does not have authorization to perform action '" + action + "' over scope '" +
                         request.path +
                         "' or the scope is invalid. If access was recently granted, please refresh your credentials.");
  if (!same(target.group, config_.resource_group))
    return arm_error(404, "ResourceGroupNotFound", "Resource group '" + target.group + "' could not be found.");
  if (!same(target.name, config_.cluster))
    return arm_error(404, "ResourceNotFound",
                     "The Resource 'Microsoft.ContainerService/managedClusters/" + target.name +
                         "' under resource group '" + target.group + "' was not found.");
  return {};
}

Reply Arm::cluster() const {
  json::Value properties = json::Object{
      {"provisioningState", "Succeeded"},
      {"powerState", json::Object{{"code", config_.power_state}}},
      {"kubernetesVersion", "1.35"},
      {"apiServerAccessProfile",
       json::Object{{"enablePrivateCluster", true}, {"disableRunCommand", config_.disable_run_command}}},
      {"agentPoolProfiles", json::Array{json::Object{{"name", "system"},
                                                     {"mode", "System"},
                                                     {"count", 1},
                                                     {"vmSize", "Standard_D2s_v5"},
                                                     {"provisioningState", "Succeeded"},
                                                     {"powerState", json::Object{{"code", config_.power_state}}},
                                                     {"nodeTaints", json::Array{}}}}}};
  if (config_.aad)
    properties.set("aadProfile",
                   json::Object{{"managed", true}, {"enableAzureRBAC", false}, {"tenantID", config_.tenant}});
  const std::string id = "/subscriptions/" + config_.subscription + "/resourceGroups/" + config_.resource_group +
                         "/providers/Microsoft.ContainerService/managedClusters/" + config_.cluster;
  return json_reply(200, json::Object{{"id", id},
                                      {"name", config_.cluster},
                                      {"type", "Microsoft.ContainerService/ManagedClusters"},
                                      {"location", "westeurope"},
                                      {"properties", properties}});
}

std::string Arm::location(const Target& target, const Request& request, const std::string& id) const {
  return url_ + "/subscriptions/" + target.subscription + "/resourceGroups/" + target.group +
         "/providers/Microsoft.ContainerService/managedClusters/" + target.name + "/commandResults/" + id +
         "?api-version=" + request.parameter("api-version");
}

void Arm::start(const std::string& id, const std::string& command, Files files, bool truncated) {
  const std::lock_guard lock(mutex_);
  commands_[id].started = now_text();
  if (config_.instant) {
    commands_[id].done = true;
    commands_[id].finished = now_text();
    commands_[id].outcome = {true, "", 0, "instant\n"};
    return;
  }
  ++running_;
  threads_.emplace_back([this, id, command, moved = std::move(files), truncated] {
    const ChildOptions options{std::filesystem::absolute(config_.state).string() + "/command-" + id, config_.tools,
                               config_.kubeconfig};
    CommandOutcome outcome = run_child(command, moved, options, [this] { return stopping_.load(); });
    if (truncated) outcome.logs.resize(outcome.logs.size() / 2);
    const std::lock_guard done(mutex_);
    commands_[id].outcome = std::move(outcome);
    commands_[id].finished = now_text();
    commands_[id].done = true;
    --running_;
  });
}

Reply Arm::run(const Target& target, const Request& request, const std::optional<Fault>& fault) {
  const std::string kind = fault ? fault->kind : "";
  if (request.body.size() > config_.context_limit)
    return arm_error(413, "RequestContentTooLarge", "The request content was too large: it exceeds the maximum size.");
  if (config_.power_state != "Running")
    return arm_error(409, "OperationNotAllowed",
                     "The operation is not allowed while the cluster has Power State(" + config_.power_state + ").");
  if (config_.disable_run_command)
    return arm_error(400, "BadRequest",
                     "Run command is disabled on this cluster (apiServerAccessProfile.disableRunCommand is true).");
  if (kind == "policy-denial")
    return arm_error(400, "KubernetesOperationError",
                     "admission webhook \"validation.gatekeeper.sh\" denied the request: "
                     "[azurepolicy-k8sazurev3allowedimages] container image is not allowed");
  auto body = json::parse(request.body);
  if (!body || (*body)["command"].string_or_empty().empty())
    return arm_error(400, "InvalidParameter", "Required parameter command is missing (null).");
  if (config_.aad) {
    const json::Value claims = identity_.claims_of((*body)["clusterToken"].string_or_empty());
    if (!body->has("clusterToken"))
      return arm_error(400, "MissingAADClusterToken", "Managed AAD cluster: the request needs a clusterToken.");
    if (claims["aud"].string_or_empty() != aks_server_resource || claims["exp"].int_or(0) <= std::time(nullptr))
      return arm_error(400, "InvalidAADClusterToken",
                       "The clusterToken is not a valid token for the AKS AAD server application.");
  }
  Files files;
  if (const std::string& context = (*body)["context"].string_or_empty(); !context.empty()) {
    auto unpacked = unpack_context(context);
    if (!unpacked) return arm_error(400, "InvalidParameter", unpacked.error().what);
    files = std::move(*unpacked);
  }
  if (kind == "flip-byte")
    for (auto& [name, content] : files)
      if ((fault->file.empty() || fault->file == name) && !content.empty())
        content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 1);
  const std::string id = random_hex(16);
  {
    const std::lock_guard lock(mutex_);
    if (running_ >= most_running) return arm_error(429, "Throttled", "Too many commands run at once.");
  }
  if (kind == "lost-pod") {
    const std::lock_guard lock(mutex_);
    commands_[id].lost = commands_[id].done = true;
  } else {
    start(id, (*body)["command"].string_or_empty(), std::move(files), kind == "truncated-log");
  }
  Reply reply =
      json_reply(202, json::Object{{"id", id}, {"properties", json::Object{{"provisioningState", "Running"}}}});
  reply.headers = {{"Location", location(target, request, id)}, {"Retry-After", "1"}};
  return reply;
}

Reply Arm::result(const Target& target, const Request& request) {
  const std::lock_guard lock(mutex_);
  const auto found = commands_.find(target.id);
  if (found == commands_.end()) return arm_error(404, "NotFound", "The command '" + target.id + "' was not found.");
  const Command& command = found->second;
  if (!command.done) {
    Reply reply = json_reply(
        202,
        json::Object{{"id", target.id},
                     {"properties", json::Object{{"provisioningState", "Running"}, {"startedAt", command.started}}}});
    reply.headers = {{"Location", location(target, request, target.id)}, {"Retry-After", "1"}};
    return reply;
  }
  if (command.lost || !command.outcome.started)
    return json_reply(
        200, json::Object{{"id", target.id},
                          {"properties", json::Object{{"provisioningState", "Failed"},
                                                      {"reason", command.lost ? "PodLost" : command.outcome.reason}}}});
  return json_reply(200, json::Object{{"id", target.id},
                                      {"properties", json::Object{{"provisioningState", "Succeeded"},
                                                                  {"exitCode", command.outcome.exit_code},
                                                                  {"startedAt", command.started},
                                                                  {"finishedAt", command.finished},
                                                                  {"logs", command.outcome.logs}}}});
}

Reply Arm::answer(const Target& target, const Request& request, const std::optional<Fault>& fault) {
  Reply refused = refusal(target, request);
  if (refused.status != 200) return refused;
  if (target.operation == "runCommand") return run(target, request, fault);
  if (target.operation == "commandResult") return result(target, request);
  if (target.operation == "getCluster") return cluster();
  const json::Value own = json::Object{{"id", "/subscriptions/" + config_.subscription},
                                       {"subscriptionId", config_.subscription},
                                       {"tenantId", config_.tenant},
                                       {"displayName", "demo"},
                                       {"state", "Enabled"}};
  return json_reply(200, json::Object{{"value", json::Array{own}}});
}

}  // namespace sentimark::emulator
