#include "helm_private_deploy/operation_log.hpp"

namespace sentimark::helm_private_deploy {
namespace {

using base::Outcome;
using runner::Event;

json::Object facts(const Plan& plan, const Asker& asker) {
  const DeployInputs& inputs = plan.inputs;
  return {{"operation", plan.operation},
          {"release", inputs.release},
          {"k8s.namespace.name", inputs.namespace_name},
          {"cluster", inputs.transport == Transport::local ? std::string("local") : inputs.cluster.path()},
          {"chart", plan.chart_name},
          {"chart.version", plan.chart_version},
          {"chart.digest", "sha256:" + plan.package_sha256},
          {"values.digest", "sha256:" + plan.values_sha256},
          {"azure.client.id", inputs.client},
          {"azure.tenant.id", inputs.tenant},
          {"oidc.subject", asker.presented.subject},
          {"azure.correlation.id", asker.correlation}};
}

Event pipeline_event(const Plan& plan, std::string_view phase, std::string_view type) {
  Event event;
  event.stream = "PipelineEvent";
  event.type = type;
  event.service = plan.inputs.release;
  event.service_version = plan.app_version.empty() ? plan.chart_version : plan.app_version;
  event.own = {{"Phase", phase}, {"StepName", "deploy"}, {"ArtifactDigest", "sha256:" + plan.package_sha256}};
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

Event rollback_event(const Plan& plan, const Asker& asker, const Report& report) {
  Event event;
  event.stream = "DeploymentRollback";
  event.type = "dev.cdevents.service.rolledback.0.3.0";
  event.outcome = report.outcome == Outcome::rollback_failed ? "failure" : "success";
  event.message = report.cause;
  event.service = plan.inputs.release;
  const std::int64_t to = report.outcome == Outcome::uninstalled ? 0 : report.failed.good_revision;
  event.own = {{"Release", plan.inputs.release},
               {"Namespace", plan.inputs.namespace_name},
               {"Cluster", plan.inputs.transport == Transport::local ? "local" : plan.inputs.cluster.name},
               {"RollbackKind", "auto"},
               {"Trigger", report.cause},
               {"FromRevision", report.failed.revision},
               {"ToRevision", to},
               {"FromDigest", "sha256:" + plan.package_sha256},
               {"VerifyResult", report.outcome == Outcome::rollback_failed ? "failed" : "healthy"}};
  event.attributes = facts(plan, asker);
  return event;
}

}  // namespace

Event started(const Plan& plan, const Asker& asker) {
  Event event = pipeline_event(plan, "started", "dev.cdevents.taskrun.started.0.3.0");
  event.message = "deploying " + plan.chart_name + " " + plan.chart_version + " as release " + plan.inputs.release;
  event.attributes = facts(plan, asker);
  return event;
}

std::vector<Event> ended(const Plan& plan, const Asker& asker, const base::Result<Report>& done) {
  const Outcome outcome = done ? done->outcome : done.error().kind;
  Event event = pipeline_event(plan, "finished", "dev.cdevents.taskrun.finished.0.3.0");
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
  if (done && was_undone(outcome)) events.push_back(rollback_event(plan, asker, *done));
  return events;
}

}  // namespace sentimark::helm_private_deploy
