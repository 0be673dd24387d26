#include "helm_private_deploy/inputs.hpp"

#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace sentimark::helm_private_deploy {
namespace {

constexpr std::array<std::pair<std::string_view, Verb>, 7> k_verbs{{{"deploy", Verb::deploy},
                                                                    {"status", Verb::status},
                                                                    {"history", Verb::history},
                                                                    {"rollback", Verb::rollback},
                                                                    {"uninstall", Verb::uninstall},
                                                                    {"resume", Verb::resume},
                                                                    {"probe", Verb::probe}}};

using base::Outcome;

constexpr base::Millis k_shortest_timeout{5'000};

// What is answered from the chart and the values alone needs no cluster to be named.
bool asks_nobody(const DeployInputs& inputs) { return !inputs.explain_values.empty(); }

// A chart in a registry is named in full, and only such a chart needs credentials of a registry.
base::Done take_chart(const runner::Inputs& inputs, DeployInputs& result) {
  result.chart = inputs.get("chart");
  result.registry_config = inputs.get("registry-config");
  result.registry_ca = inputs.get("registry-ca-file");
  if (wire::is_chart_reference(result.chart)) {
    auto reference = wire::parse_chart_reference(result.chart);
    if (!reference)
      return access::bad_input("chart", "is no chart to deploy: " + reference.error().what, reference.error().cure);
    result.reference = std::move(reference).value();
    return {};
  }
  for (const std::string_view name : {"registry-config", "registry-ca-file"}) {
    if (!inputs.get(name).empty())
      return access::bad_input(name, "is for a chart in a registry",
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
    return access::bad_input("force", "is for resume alone", "leave it out, or write resume --force");
  const std::string revision = inputs.get("revision");
  if (revision.empty()) return {};
  if (result.verb != Verb::rollback) return access::bad_input("revision", "is for rollback alone", "leave it out");
  const auto number = base::parse_unsigned(revision);
  if (!number || *number == 0 || *number > 1'000'000'000)
    return access::bad_input("revision", "is '" + base::shorten(revision, 80) + "', no revision of a release",
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
    return access::bad_input("chart", "is missing",
                             "give it: a folder that holds Chart.yaml, a .tgz, or oci://HOST/REPOSITORY@sha256:DIGEST");
  result.explain_values = inputs.get("explain-values");
  result.release = inputs.get("release");
  result.namespace_name = inputs.get("namespace");
  // What is asked of the cluster alone needs no release.
  if (result.verb != Verb::probe || !result.release.empty())
    SENTIMARK_TRY(access::check_release("release", result.release));
  SENTIMARK_TRY(access::check_namespace("namespace", result.namespace_name));
  result.create_namespace = inputs.is_on("create-namespace");
  result.values_files = inputs.lines("values");
  result.values_inline = inputs.raw("values-inline");
  SENTIMARK_LET(reached, access::parse_cluster_inputs(inputs, !asks_nobody(result)));
  static_cast<access::ClusterInputs&>(result) = std::move(reached);
  if (result.verb == Verb::probe && result.transport == Transport::local)
    return access::bad_input("transport", "is local, and probe measures Azure's runCommand", "leave it out");
  SENTIMARK_LET(timeout, access::time_span(inputs, "timeout", k_shortest_timeout));
  result.timeout = timeout;
  SENTIMARK_LET(budgets, parse_budgets(inputs));
  result.budgets = budgets;
  constexpr std::array<std::pair<std::string_view, OnFailure>, 3> ways{
      {{"rollback", OnFailure::rollback},
       {"keep", OnFailure::keep},
       {"uninstall-if-first", OnFailure::uninstall_if_first}}};
  SENTIMARK_LET(on_failure, access::choose(inputs, "on-failure", ways));
  result.on_failure = on_failure;
  constexpr std::array<std::pair<std::string_view, OnCancel>, 2> ends{
      {{"detach", OnCancel::detach}, {"stop", OnCancel::stop}}};
  SENTIMARK_LET(on_cancel, access::choose(inputs, "on-cancel", ends));
  result.on_cancel = on_cancel;
  result.operation = inputs.get("operation-id");
  if (!result.operation.empty() && (result.operation.size() != 32 || !base::is_hex(result.operation)))
    return access::bad_input("operation-id", "is not 32 hexadecimal digits",
                             "write 32 of 0-9 and a-f, or leave it out");
  result.dry_run = inputs.is_on("dry-run");
  result.print_az = inputs.is_on("print-az");
  result.debug_bundle = inputs.get("debug-bundle");
  constexpr std::array<std::pair<std::string_view, int>, 2> formats{{{"text", 0}, {"json", 1}}};
  SENTIMARK_LET(format, access::choose(inputs, "format", formats));
  (void)format;
  return result;
}

}  // namespace sentimark::helm_private_deploy
