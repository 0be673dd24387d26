#include "access/inputs.hpp"

#include "wire/job.hpp"

namespace sentimark::access {
namespace {

using base::Outcome;

constexpr std::size_t k_release_limit = 53;  // helm's own
constexpr std::size_t k_namespace_limit = 63;

base::Done check_name(std::string_view input, const std::string& name, std::size_t limit) {
  if (wire::is_dns_label(name, limit)) return {};
  return bad_input(
      input, "is '" + base::shorten(name, 80) + "', which Kubernetes does not take for a name",
      "use at most " + std::to_string(limit) + " lower-case letters, digits and dashes, with no dash at either end");
}

// https only: a token goes there. A path behind the host would be lost on the way to Location.
base::Done check_address(std::string_view input, const std::string& url) {
  const bool plain =
      url.rfind("https://", 0) == 0 && url.size() > 8 && url.find_first_of("/?#@ ", 8) == std::string::npos;
  if (plain) return {};
  return bad_input(input, "is no https address of a host",
                   "write https://HOST or https://HOST:PORT, nothing behind it");
}

base::Done take_address(const runner::Inputs& inputs, std::string_view name, std::string& target) {
  std::string url = inputs.get(name);
  if (url.empty()) return {};
  if (url.back() == '/') url.pop_back();
  SENTIMARK_TRY(check_address(name, url));
  target = std::move(url);
  return {};
}

}  // namespace

base::Error bad_input(std::string_view name, const std::string& what, const std::string& cure) {
  return base::fail(Outcome::usage, "input " + std::string(name) + " " + what, cure);
}

base::Done check_release(std::string_view input, const std::string& name) {
  return check_name(input, name, k_release_limit);
}

base::Done check_namespace(std::string_view input, const std::string& name) {
  return check_name(input, name, k_namespace_limit);
}

base::Result<base::Millis> time_span(const runner::Inputs& inputs, std::string_view name, base::Millis least) {
  auto span = base::parse_duration(inputs.get(name));
  if (!span) return bad_input(name, "is no time span: " + span.error().what, "write for example 90s or 10m");
  if (*span < least)
    return bad_input(name, "is shorter than " + std::to_string(least.count() / 1000) + " s",
                     "write for example 90s or 10m");
  return span;
}

base::Result<ClusterInputs> parse_cluster_inputs(const runner::Inputs& inputs, bool needed) {
  ClusterInputs result;
  constexpr std::array<std::pair<std::string_view, Transport>, 2> transports{
      {{"run-command", Transport::run_command}, {"local", Transport::local}}};
  SENTIMARK_LET(transport, choose(inputs, "transport", transports));
  result.transport = transport;
  result.kubeconfig = inputs.get("kubeconfig");
  result.helm = inputs.get("helm");
  result.kubectl = inputs.get("kubectl");
  SENTIMARK_LET(cloud, azure::cloud_of(inputs.get("environment")));
  result.cloud = std::move(cloud);
  SENTIMARK_TRY(take_address(inputs, "authority-host", result.cloud.authority));
  SENTIMARK_TRY(take_address(inputs, "arm-endpoint", result.cloud.resource_manager));
  if (const std::string audience = inputs.get("oidc-audience"); !audience.empty())
    result.cloud.oidc_audience = audience;
  constexpr std::array<std::pair<std::string_view, Credential>, 5> credentials{
      {{"auto", Credential::automatic},
       {"github", Credential::github},
       {"file", Credential::file},
       {"client-secret", Credential::client_secret},
       {"managed-identity", Credential::managed_identity}}};
  SENTIMARK_LET(credential, choose(inputs, "credential", credentials));
  result.credential = credential;
  result.client = inputs.get("client-id");
  result.tenant = inputs.get("tenant-id");
  result.cluster = {inputs.get("subscription-id"), inputs.get("resource-group"), inputs.get("cluster")};
  result.api_version = inputs.get("api-version");
  result.wake = inputs.is_on("wake");
  if (result.transport == Transport::local || !needed) return result;
  for (const std::string_view name : {"client-id", "tenant-id", "subscription-id", "resource-group", "cluster"}) {
    // Azure knows whose machine it is, and in which tenant.
    const bool known =
        result.credential == Credential::managed_identity && (name == "client-id" || name == "tenant-id");
    if (inputs.get(name).empty() && !known)
      return bad_input(name, "is missing", "give it, or set transport: local on a runner inside the network");
  }
  return result;
}

}  // namespace sentimark::access
