#include "helm_private_deploy/operation_log.hpp"

namespace sentimark::helm_private_deploy {
namespace {

using base::Outcome;
using runner::Event;

json::Object facts(const DeployInputs& inputs, const Asker& asker) {
  return {{"release", inputs.release},
          {"k8s.namespace.name", inputs.namespace_name},
          {"cluster", inputs.transport == Transport::local ? std::string("local") : inputs.cluster.path()},
          {"azure.client.id", inputs.client},
          {"azure.tenant.id", inputs.tenant},
          {"oidc.subject", asker.presented.subject},
          {"azure.correlation.id", asker.correlation}};
}

json::Object facts(const Plan& plan, const Asker& asker) {
  json::Object all = facts(plan.inputs, asker);
  all.insert(all.end(), {{"operation", plan.operation},
                         {"chart", plan.chart_name},
                         {"chart.version", plan.chart_version},
                         {"chart.digest", "sha256:" + plan.package_sha256},
                         {"values.digest", "sha256:" + plan.values_sha256}});
  return all;
}

Event step_event(const DeployInputs& inputs, std::string_view phase) {
  Event event;
  event.stream = "PipelineEvent";
  event.type = phase == "started" ? "dev.cdevents.taskrun.started.0.3.0" : "dev.cdevents.taskrun.finished.0.3.0";
  event.service = inputs.release;
  event.own = {{"Phase", phase}, {"StepName", word_of(inputs.verb)}};
  return event;
}

Event pipeline_event(const Plan& plan, std::string_view phase) {
  Event event = step_event(plan.inputs, phase);
  event.service_version = plan.app_version.empty() ? plan.chart_version : plan.app_version;
  event.own.emplace_back("ArtifactDigest", "sha256:" + plan.package_sha256);
  return event;
}

// The words of OpenTelemetry's cicd.pipeline.result.
std::string_view result_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return "success";
    case Outcome::timeout:
      return "timeout";
    case Outcome::interrupted:
      return "cancellation";
    case Outcome::rolled_back:
    case Outcome::kept:
    case Outcome::rollback_failed:
    case Outcome::uninstalled:
    case Outcome::refused:
      return "failure";
    default:
      return "error";
  }
}

bool was_undone(Outcome outcome) {
  return outcome == Outcome::rolled_back || outcome == Outcome::rollback_failed || outcome == Outcome::uninstalled;
}

Event rollback_event(const DeployInputs& inputs) {
  Event event;
  event.stream = "DeploymentRollback";
  event.type = "dev.cdevents.service.rolledback.0.3.0";
  event.service = inputs.release;
  event.own = {{"Release", inputs.release},
               {"Namespace", inputs.namespace_name},
               {"Cluster", inputs.transport == Transport::local ? "local" : inputs.cluster.name}};
  return event;
}

Event undone_event(const Plan& plan, const Asker& asker, const Report& report) {
  Event event = rollback_event(plan.inputs);
  event.outcome = report.outcome == Outcome::rollback_failed ? "failure" : "success";
  event.message = report.cause;
  const std::int64_t to = report.outcome == Outcome::uninstalled ? 0 : report.failed.good_revision;
  event.own.insert(event.own.end(),
                   {{"RollbackKind", "auto"},
                    {"Trigger", report.cause},
                    {"FromRevision", report.failed.revision},
                    {"ToRevision", to},
                    {"FromDigest", "sha256:" + plan.package_sha256},
                    {"VerifyResult", report.outcome == Outcome::rollback_failed ? "failed" : "healthy"}});
  event.attributes = facts(plan, asker);
  return event;
}

}  // namespace

Event started(const Plan& plan, const Asker& asker) {
  Event event = pipeline_event(plan, "started");
  event.message = "deploying " + plan.chart_name + " " + plan.chart_version + " as release " + plan.inputs.release;
  event.attributes = facts(plan, asker);
  return event;
}

std::vector<Event> ended(const Plan& plan, const Asker& asker, const base::Result<Report>& done) {
  const Outcome outcome = done ? done->outcome : done.error().kind;
  Event event = pipeline_event(plan, "finished");
  event.outcome = result_of(outcome);
  event.message = done ? done->cause : done.error().sentence();
  if (event.message.empty()) event.message = plan.inputs.release + " is healthy";
  event.own.emplace_back("ExitCode", base::row_of(outcome).exit_code);
  event.attributes = facts(plan, asker);
  event.attributes.emplace_back("status", base::row_of(outcome).word);
  if (done) {
    event.own.emplace_back("DurationMs", done->took.count());
    event.attributes.emplace_back("revision", done->last.revision);
    event.attributes.emplace_back("unchanged", done->last.unchanged);
    event.attributes.emplace_back("helm.version", done->last.helm_version);
    event.attributes.emplace_back("calls", done->costs.calls);
  }
  std::vector<Event> events{std::move(event)};
  if (done && was_undone(outcome)) events.push_back(undone_event(plan, asker, *done));
  return events;
}

Event order_started(const DeployInputs& inputs, const Asker& asker) {
  Event event = step_event(inputs, "started");
  event.message = std::string(word_of(inputs.verb)) + " of release " + inputs.release;
  event.attributes = facts(inputs, asker);
  return event;
}

std::vector<Event> order_ended(const DeployInputs& inputs, const Asker& asker,
                               const base::Result<runner::Ending>& done) {
  const Outcome outcome = done ? done->outcome : done.error().kind;
  Event event = step_event(inputs, "finished");
  event.outcome = result_of(outcome);
  event.message = done ? done->reason : done.error().sentence();
  if (event.message.empty()) event.message = std::string(word_of(inputs.verb)) + " of " + inputs.release + " is done";
  event.own.emplace_back("ExitCode", base::row_of(outcome).exit_code);
  event.attributes = facts(inputs, asker);
  event.attributes.emplace_back("status", base::row_of(outcome).word);
  if (inputs.force) event.attributes.emplace_back("force", true);
  if (done) {
    for (const auto& [name, value] : done->outputs) {
      if (name == "operation-id") event.attributes.emplace_back("operation", value);
      if (name == "revision") event.attributes.emplace_back("revision", value);
    }
  }
  std::vector<Event> events{event};
  if (inputs.verb != Verb::rollback || !done) return events;
  Event back = rollback_event(inputs);
  back.outcome = event.outcome;
  back.message = event.message;
  back.own.insert(back.own.end(), {{"RollbackKind", "manual"},
                                   {"ToRevision", inputs.revision},  // 0: the last verified one
                                   {"VerifyResult", outcome == Outcome::ok ? "healthy" : "failed"}});
  back.attributes = event.attributes;
  events.push_back(std::move(back));
  return events;
}

}  // namespace sentimark::helm_private_deploy
