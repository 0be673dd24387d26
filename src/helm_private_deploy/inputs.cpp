#include "helm_private_deploy/inputs.hpp"

#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "wire/job.hpp"

namespace sentimark::helm_private_deploy {
namespace {

constexpr std::array<std::pair<std::string_view, Verb>, 6> k_verbs{{{"deploy", Verb::deploy},
                                                                    {"status", Verb::status},
                                                                    {"history", Verb::history},
                                                                    {"rollback", Verb::rollback},
                                                                    {"uninstall", Verb::uninstall},
                                                                    {"resume", Verb::resume}}};

using base::Outcome;

constexpr std::size_t k_release_limit = 53;  // helm's own
constexpr std::size_t k_namespace_limit = 63;
constexpr base::Millis k_shortest_timeout{5'000};

base::Error bad(std::string_view name, const std::string& what, const std::string& cure) {
  return base::fail(Outcome::usage, "input " + std::string(name) + " " + what, cure);
}

base::Done check_name(std::string_view input, const std::string& name, std::size_t limit) {
  if (wire::is_dns_label(name, limit)) return {};
  return bad(
      input, "is '" + base::shorten(name, 80) + "', which Kubernetes does not take for a name",
      "use at most " + std::to_string(limit) + " lower-case letters, digits and dashes, with no dash at either end");
}

template <typename Choice, std::size_t N>
base::Result<Choice> choose(const runner::Inputs& inputs, std::string_view name,
                            const std::array<std::pair<std::string_view, Choice>, N>& choices) {
  const std::string word = inputs.get(name);
  std::vector<std::string> known;
  for (const auto& [text, choice] : choices) {
    if (text == word) return choice;
    known.emplace_back(text);
  }
  return bad(name, "is '" + base::shorten(word, 80) + "'", "use one of " + base::join(known, ", "));
}

// https only: a token goes there. A path behind the host would be lost on the way to Location.
base::Done check_address(std::string_view input, const std::string& url) {
  const bool plain =
      url.rfind("https://", 0) == 0 && url.size() > 8 && url.find_first_of("/?#@ ", 8) == std::string::npos;
  if (plain) return {};
  return bad(input, "is no https address of a host", "write https://HOST or https://HOST:PORT, nothing behind it");
}

base::Done take_address(const runner::Inputs& inputs, std::string_view name, std::string& target) {
  std::string url = inputs.get(name);
  if (url.empty()) return {};
  if (url.back() == '/') url.pop_back();
  SENTIMARK_TRY(check_address(name, url));
  target = std::move(url);
  return {};
}

// What is answered from the chart and the values alone needs no cluster to be named.
bool asks_nobody(const DeployInputs& inputs) { return !inputs.explain_values.empty(); }

base::Done take_azure(const runner::Inputs& inputs, DeployInputs& result) {
  SENTIMARK_LET(cloud, azure::cloud_of(inputs.get("environment")));
  result.cloud = std::move(cloud);
  SENTIMARK_TRY(take_address(inputs, "authority-host", result.cloud.authority));
  SENTIMARK_TRY(take_address(inputs, "arm-endpoint", result.cloud.resource_manager));
  if (const std::string audience = inputs.get("oidc-audience"); !audience.empty())
    result.cloud.oidc_audience = audience;
  result.client = inputs.get("client-id");
  result.tenant = inputs.get("tenant-id");
  result.cluster = {inputs.get("subscription-id"), inputs.get("resource-group"), inputs.get("cluster")};
  result.api_version = inputs.get("api-version");
  result.wake = inputs.is_on("wake");
  if (result.transport == Transport::local || asks_nobody(result)) return {};
  for (const std::string_view name : {"client-id", "tenant-id", "subscription-id", "resource-group", "cluster"}) {
    if (inputs.get(name).empty())
      return bad(name, "is missing", "give it, or set transport: local on a runner inside the network");
  }
  return {};
}

// A chart in a registry is named in full, and only such a chart needs credentials of a registry.
base::Done take_chart(const runner::Inputs& inputs, DeployInputs& result) {
  result.chart = inputs.get("chart");
  result.registry_config = inputs.get("registry-config");
  result.registry_ca = inputs.get("registry-ca-file");
  if (wire::is_chart_reference(result.chart)) {
    auto reference = wire::parse_chart_reference(result.chart);
    if (!reference) return bad("chart", "is no chart to deploy: " + reference.error().what, reference.error().cure);
    result.reference = std::move(reference).value();
    return {};
  }
  for (const std::string_view name : {"registry-config", "registry-ca-file"}) {
    if (!inputs.get(name).empty())
      return bad(name, "is for a chart in a registry",
                 "leave it out, or write chart: oci://HOST/REPOSITORY@sha256:DIGEST");
  }
  return {};
}

base::Done take_verb(const runner::Inputs& inputs, DeployInputs& result) {
  for (const auto& [word, verb] : k_verbs) {
    if (word == inputs.verb()) result.verb = verb;
  }
  result.force = inputs.is_on("force");
  if (result.force && result.verb != Verb::resume)
    return bad("force", "is for resume alone", "leave it out, or write resume --force");
  const std::string revision = inputs.get("revision");
  if (revision.empty()) return {};
  if (result.verb != Verb::rollback) return bad("revision", "is for rollback alone", "leave it out");
  const auto number = base::parse_unsigned(revision);
  if (!number || *number == 0 || *number > 1'000'000'000)
    return bad("revision", "is '" + base::shorten(revision, 80) + "', no revision of a release",
               "write a number that 'history' shows, or leave it out for the last verified one");
  result.revision = static_cast<std::int64_t>(*number);
  return {};
}

}  // namespace

std::string_view word_of(Verb verb) {
  for (const auto& [word, known] : k_verbs) {
    if (known == verb) return word;
  }
  return {};
}

base::Result<DeployInputs> parse_inputs(const runner::Inputs& inputs) {
  DeployInputs result;
  SENTIMARK_TRY(take_chart(inputs, result));
  SENTIMARK_TRY(take_verb(inputs, result));
  if (result.verb == Verb::deploy && result.chart.empty())
    return bad("chart", "is missing",
               "give it: a folder that holds Chart.yaml, a .tgz, or oci://HOST/REPOSITORY@sha256:DIGEST");
  result.explain_values = inputs.get("explain-values");
  result.release = inputs.get("release");
  result.namespace_name = inputs.get("namespace");
  SENTIMARK_TRY(check_name("release", result.release, k_release_limit));
  SENTIMARK_TRY(check_name("namespace", result.namespace_name, k_namespace_limit));
  result.create_namespace = inputs.is_on("create-namespace");
  result.values_files = inputs.lines("values");
  result.values_inline = inputs.raw("values-inline");
  constexpr std::array<std::pair<std::string_view, Transport>, 2> transports{
      {{"run-command", Transport::run_command}, {"local", Transport::local}}};
  SENTIMARK_LET(transport, choose(inputs, "transport", transports));
  result.transport = transport;
  result.kubeconfig = inputs.get("kubeconfig");
  result.helm = inputs.get("helm");
  result.kubectl = inputs.get("kubectl");
  SENTIMARK_TRY(take_azure(inputs, result));
  auto timeout = base::parse_duration(inputs.get("timeout"));
  if (!timeout) return bad("timeout", "is no time span: " + timeout.error().what, "write for example 90s or 10m");
  if (*timeout < k_shortest_timeout) return bad("timeout", "is shorter than 5 s", "write for example 90s or 10m");
  result.timeout = *timeout;
  constexpr std::array<std::pair<std::string_view, OnFailure>, 3> ways{
      {{"rollback", OnFailure::rollback},
       {"keep", OnFailure::keep},
       {"uninstall-if-first", OnFailure::uninstall_if_first}}};
  SENTIMARK_LET(on_failure, choose(inputs, "on-failure", ways));
  result.on_failure = on_failure;
  result.operation = inputs.get("operation-id");
  if (!result.operation.empty() && (result.operation.size() != 32 || !base::is_hex(result.operation)))
    return bad("operation-id", "is not 32 hexadecimal digits", "write 32 of 0-9 and a-f, or leave it out");
  result.dry_run = inputs.is_on("dry-run");
  result.print_az = inputs.is_on("print-az");
  constexpr std::array<std::pair<std::string_view, int>, 2> formats{{{"text", 0}, {"json", 1}}};
  SENTIMARK_LET(format, choose(inputs, "format", formats));
  (void)format;
  return result;
}

}  // namespace sentimark::helm_private_deploy
