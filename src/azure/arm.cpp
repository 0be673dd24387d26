// The protocol: GET managedClusters/NAME; POST …/runCommand answers 202 with Location; GET Location answers 202 while
// the command runs and 200 with its result. ARM gives the provider 60 s and then says 504 although the command may run:
// after such a POST nobody knows, and only the fence in the cluster can tell. deploy.md sections 1.1 to 1.4.
#include "azure/arm.hpp"

#include <algorithm>
#include <array>

#include "azure/arm_error.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "json/text.hpp"
#include "net/retry.hpp"

namespace sentimark::azure {
namespace {

using base::Outcome;

constexpr base::Millis k_read_timeout{30'000};
constexpr base::Millis k_post_timeout{90'000};  // the service takes up to 60 s
constexpr std::int64_t k_longest_retry_after = 600;

std::string uuid(sys::Random& random) {
  std::array<unsigned char, 16> bytes{};
  random.fill(bytes);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fU) | 0x80U);
  const std::string hex = base::to_hex(bytes);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20);
}

base::Millis retry_after(const sys::Response& response, base::Millis otherwise) {
  const auto seconds = base::parse_unsigned(response.header("Retry-After"));
  if (!seconds) return otherwise;
  return base::Millis{static_cast<std::int64_t>(std::min<std::uint64_t>(*seconds, k_longest_retry_after)) * 1'000};
}

std::string origin_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  return scheme == std::string::npos ? std::string() : url.substr(0, url.find('/', scheme + 3));
}

// …/commandResults/<id>?api-version=…
std::string command_id_in(const std::string& location) {
  constexpr std::string_view sign = "/commandResults/";
  const std::size_t at = location.find(sign);
  if (at == std::string::npos) return {};
  const std::size_t from = at + sign.size();
  return location.substr(from, location.find_first_of("/?", from) - from);
}

bool is_ambiguous(const base::Result<sys::Response>& sent) {
  if (!sent)
    return sent.error().code == "lost" || (sent.error().kind == Outcome::timeout && sent.error().code != "connect");
  const int status = sent->status;
  // A 503 that names no time to come back does not say that the request was turned away.
  return status == 504 || status == 408 || status == 500 || status == 502 ||
         (status == 503 && sent->header("Retry-After").empty());
}

base::Error ambiguous(const base::Result<sys::Response>& sent) {
  const std::string how = sent ? "status " + std::to_string(sent->status) : sent.error().sentence();
  return base::fail(Outcome::unknown, "Azure did not tell whether the command was started: " + how,
                    "run the same job again: it finds out from the cluster and never runs helm twice", "ambiguous");
}

// Whatever else a provisioningState says, something is still going on (ARM RPC, async-api-reference.md).
bool is_terminal(std::string_view state) {
  return base::equals_ignoring_case(state, "Succeeded") || base::equals_ignoring_case(state, "Failed") ||
         base::equals_ignoring_case(state, "Canceled");
}

}  // namespace

std::string ClusterId::path() const {
  return "/subscriptions/" + base::percent_encoded(subscription) + "/resourceGroups/" +
         base::percent_encoded(resource_group) + "/providers/Microsoft.ContainerService/managedClusters/" +
         base::percent_encoded(name);
}

Arm::Arm(sys::Sys& sys, sys::Http& http, Entra& entra, std::string endpoint, std::string scope, ClusterId cluster,
         std::string api_version)
    : sys_(sys),
      http_(http),
      entra_(entra),
      endpoint_(std::move(endpoint)),
      scope_(std::move(scope)),
      cluster_(std::move(cluster)),
      api_version_(std::move(api_version)),
      correlation_(uuid(sys.random)) {}

base::Result<sys::Response> Arm::authorised(sys::Request request, bool may_repeat, base::Instant deadline) {
  SENTIMARK_LET(token, entra_.token(scope_, deadline));
  request.headers.insert(request.headers.end(), {{"Authorization", "Bearer " + std::string(token.text.reveal())},
                                                 {"Accept", "application/json"},
                                                 {"Accept-Language", "en-US"},
                                                 {"x-ms-client-request-id", uuid(sys_.random)},
                                                 {"x-ms-correlation-request-id", correlation_},
                                                 {"x-ms-return-client-request-id", "true"}});
  net::RetryPolicy policy;
  policy.may_have_acted = may_repeat;
  auto sent = net::send_with_retry(sys_, http_, request, policy, deadline);
  if (sent)
    sys_.log.debug(request.method + " " + std::to_string(sent->status) + " x-ms-request-id " +
                   sent->header("x-ms-request-id"));
  return sent;
}

// A token that the service holds for expired is replaced once: clocks differ.
base::Result<sys::Response> Arm::send(sys::Request request, bool may_repeat, base::Instant deadline) {
  auto sent = authorised(request, may_repeat, deadline);
  if (!sent || sent->status != 401 || arm_error(*sent).code != "ExpiredAuthenticationToken") return sent;
  entra_.forget(scope_);
  return authorised(std::move(request), may_repeat, deadline);
}

base::Result<ManagedCluster> Arm::cluster(base::Instant deadline) {
  sys::Request request;
  request.url = endpoint_ + cluster_.path() + "?api-version=" + base::percent_encoded(api_version_);
  request.timeout = k_read_timeout;
  auto sent = send(std::move(request), true, deadline);
  if (!sent) return std::move(sent).error().within("reading cluster " + cluster_.name);
  if (sent->status != 200) return arm_error(*sent).within("reading cluster " + cluster_.name);
  SENTIMARK_LET(body, json::parse(sent->body));
  const json::Value& properties = body["properties"];
  ManagedCluster found;
  found.power_state = properties["powerState"]["code"].string_or_empty();
  found.running = found.power_state.empty() || base::equals_ignoring_case(found.power_state, "Running");
  found.provisioning_state = properties["provisioningState"].string_or_empty();
  found.settled = found.provisioning_state.empty() || is_terminal(found.provisioning_state);
  found.run_command_disabled = properties["apiServerAccessProfile"]["disableRunCommand"].bool_or(false);
  found.entra = properties["aadProfile"].is_object() && properties["aadProfile"]["managed"].bool_or(false);
  return found;
}

base::Result<Started> Arm::run_command(const std::string& command, std::string_view context, const base::Secret& token,
                                       base::Instant deadline) {
  json::Value body = json::Object{{"command", command}, {"context", base::to_base64(context)}};
  if (!token.empty()) body.set("clusterToken", token.reveal());
  sys::Request request;
  request.method = "POST";
  request.url = endpoint_ + cluster_.path() + "/runCommand?api-version=" + base::percent_encoded(api_version_);
  request.headers = {{"Content-Type", "application/json"}};
  request.body = json::to_text(body);
  request.timeout = k_post_timeout;
  const auto sent = send(std::move(request), false, deadline);
  if (!sent && sent.error().kind == Outcome::interrupted) {
    return base::fail(Outcome::interrupted, "told to stop while Azure was starting a command in the cluster",
                      "run the same job again: it goes on where this one left", "detached");
  }
  if (is_ambiguous(sent)) return ambiguous(sent);
  if (!sent) return sent.error();
  if (sent->status != 202 && sent->status != 200) return arm_error(*sent).within("starting a command in the cluster");
  Started started;
  started.location = sent->header("Location");
  started.command_id = command_id_in(started.location);
  started.retry_after = retry_after(*sent, base::Millis{-1});
  if (started.command_id.empty() || origin_of(started.location) != origin_of(endpoint_)) {
    return base::fail(Outcome::unknown, "Azure started a command but did not say where its result will be",
                      "run the same job again: it finds out from the cluster", "ambiguous");
  }
  return started;
}

base::Done Arm::start_cluster(base::Instant deadline) {
  sys::Request request;
  request.method = "POST";
  request.url = endpoint_ + cluster_.path() + "/start?api-version=" + base::percent_encoded(api_version_);
  request.timeout = k_post_timeout;
  // Starting a cluster that starts already changes nothing: it may be asked for again.
  auto sent = send(std::move(request), true, deadline);
  if (!sent) return std::move(sent).error().within("starting cluster " + cluster_.name);
  if (sent->status / 100 != 2) return arm_error(*sent).within("starting cluster " + cluster_.name);
  return {};
}

base::Result<CommandState> Arm::result(const Started& command, base::Instant deadline) {
  sys::Request request;
  request.url = command.location;
  request.timeout = k_read_timeout;
  auto sent = send(std::move(request), true, deadline);
  if (!sent) return std::move(sent).error().within("reading the command's result");
  CommandState state;
  state.retry_after = retry_after(*sent, base::Millis{0});
  if (sent->status == 202) {
    const auto body = json::parse(sent->body);
    if (body) state.logs = (*body)["properties"]["logs"].string_or_empty();
    return state;
  }
  if (sent->status != 200) return arm_error(*sent).within("reading the command's result");
  SENTIMARK_LET(body, json::parse(sent->body));
  const json::Value& properties = body["properties"];
  state.state = properties["provisioningState"].string_or_empty();
  state.succeeded = base::equals_ignoring_case(state.state, "Succeeded");
  state.ended = is_terminal(state.state);
  state.reason = properties["reason"].string_or_empty();
  // Absent is not zero: a command that never ran has no exit code.
  state.exit_code = static_cast<int>(std::clamp<std::int64_t>(properties["exitCode"].int_or(-1), -1, 255));
  state.logs = properties["logs"].string_or_empty();
  return state;
}

}  // namespace sentimark::azure
