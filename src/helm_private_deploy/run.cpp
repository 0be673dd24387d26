#include "helm_private_deploy/run.hpp"

#include "access/connection.hpp"
#include "base/encoding.hpp"
#include "helm_private_deploy/debug_bundle.hpp"
#include "helm_private_deploy/deploy.hpp"
#include "helm_private_deploy/evidence.hpp"
#include "helm_private_deploy/explain.hpp"
#include "helm_private_deploy/helm_words.hpp"
#include "helm_private_deploy/identity_doctor.hpp"
#include "helm_private_deploy/operation_log.hpp"
#include "helm_private_deploy/orders.hpp"
#include "helm_private_deploy/print_az.hpp"
#include "helm_private_deploy/probe.hpp"
#include "helm_private_deploy/program.hpp"
#include "helm_private_deploy/recorders.hpp"
#include "helm_private_deploy/summary.hpp"

namespace sentimark::helm_private_deploy {
namespace {

using base::Outcome;

constexpr std::uint64_t k_records_limit = std::uint64_t{8} << 20U;

void add_outputs(runner::Ending& ending, const Plan& plan) {
  ending.outputs.emplace_back("release", plan.inputs.release);
  ending.outputs.emplace_back("chart-digest", "sha256:" + plan.package_sha256);
  ending.outputs.emplace_back("operation-id", plan.operation);
}

runner::Ending ending_of(const Plan& plan, const base::Result<Report>& done) {
  runner::Ending ending;
  add_outputs(ending, plan);
  if (!done) {
    ending.outcome = done.error().kind;
    ending.reason = done.error().sentence();
    ending.cure = done.error().cure;
    ending.summary = summary_of(plan, done.error());
    return ending;
  }
  ending.outcome = done->outcome;
  ending.reason = done->cause;
  ending.cure = done->cure;
  ending.outputs.emplace_back("revision", done->last.revision > 0 ? std::to_string(done->last.revision) : "");
  ending.summary = summary_of(plan, *done);
  ending.text = text_of(plan, *done);
  return ending;
}

// Before anything is sent. A release that helm keeps in a database has no such limit.
base::Done fits_record(sys::Sys& sys, const Plan& plan) {
  if (plan.inputs.transport == Transport::local && sys.env.get_or("HELM_DRIVER", "") == "sql") return {};
  if (const std::string doubt = doubt_about(plan.sizes); !doubt.empty()) sys.log.warning(doubt);
  return check_record(plan.sizes);
}

runner::Ending planned(sys::Sys& sys, const Plan& plan) {
  runner::Ending ending;
  add_outputs(ending, plan);
  ending.text = text_of(plan);
  ending.data = json_of(plan);
  if (base::Done fits = fits_record(sys, plan); !fits) {
    ending.outcome = fits.error().kind;
    ending.reason = fits.error().what;
    ending.cure = fits.error().cure;
  }
  return ending;
}

// Not what the release printed (helm's output, logs): it could ask for rights of its own.
std::string cause_told(const base::Result<Report>& done) { return done ? done->cause : done.error().sentence(); }

void note(sys::Sys& sys, runner::Records& records, runner::Event event) {
  if (base::Done written = records.add(std::move(event)); !written) {
    sys.log.warning("the operation log could not be written: " + written.error().sentence());
  }
}

// What was learned of the way's limit, for whoever makes the next chart.
std::string learned_limit(const cluster::Costs& costs) {
  if (costs.refused == 0) return {};
  std::string text =
      "\nThis cluster's runCommand took no context of " + std::to_string(base::base64_size(costs.refused)) + " bytes";
  if (costs.taken > 0) text += " and one of " + std::to_string(base::base64_size(costs.taken));
  if (costs.chunks > 0) text += "; the package travelled ahead in parts, " + std::to_string(costs.chunks) + " in all";
  return text + ".\n";
}

// Who reads the end must know which way it came about.
void name_mode(runner::Ending& ending, const cluster::Door& door) {
  const bool reduced = door.costs().reduced;
  ending.outputs.emplace_back("mode", reduced ? "reduced" : "agent");
  if (!reduced) return;
  const std::string told = "reduced mode: the cluster refused to run the agent";
  if (!ending.text.empty()) ending.text += "mode   " + told + "\n";
  ending.summary += "\n**" + told + "**, so every question took a command pod of its own. Exempt the namespace " +
                    "`aks-command` from the rule that blocks programs which are not in the image.\n";
}

// A look leaves no record: it changes nothing.
base::Result<runner::Ending> order(sys::Sys& sys, cluster::Door& door, const DeployInputs& inputs, const Asker& asker,
                                   DebugFacts& facts) {
  if (inputs.verb == Verb::status || inputs.verb == Verb::history) {
    auto looked = carry_out_order(sys, door, inputs);
    if (looked) name_mode(*looked, door);
    return looked;
  }
  runner::Records records(sys, program());
  note(sys, records, order_started(inputs, asker));
  auto done = carry_out_order(sys, door, inputs);
  for (runner::Event& event : order_ended(inputs, asker, done)) note(sys, records, std::move(event));
  facts.records = records.file();
  if (!done) return done;
  done->outputs.emplace_back("log-file", records.file());
  name_mode(*done, door);
  return done;
}

// Fills in what a debug bundle wants to know.
base::Result<runner::Ending> carry_out(sys::Sys& sys, cluster::Door& door, DeployInputs inputs, const Asker& asker,
                                       DebugFacts& facts) {
  if (inputs.verb != Verb::deploy) return order(sys, door, inputs, asker, facts);
  const bool dry = inputs.dry_run;
  const bool print = inputs.print_az;
  SENTIMARK_LET(plan, make_plan(sys, std::move(inputs), door.cluster_id()));
  facts.operation = plan.operation;
  facts.plan = json_of(plan);
  if (print) return print_az(sys, plan);
  if (dry) return planned(sys, plan);
  sys.log.info("operation " + plan.operation + ": " + plan.chart_name + " " + plan.chart_version + " as release " +
               plan.inputs.release + " in namespace " + plan.inputs.namespace_name);
  runner::Records records(sys, program());
  note(sys, records, started(plan, asker));
  const base::Done fits = fits_record(sys, plan);
  base::Result<Report> done = fits ? deploy(sys, door, plan) : base::Result<Report>(fits.error());
  if (!done && done.error().kind == Outcome::config) {
    base::Error error = std::move(done).error();
    error.what = with_places(sys, plan.inputs, error.what);
    done = std::move(error);
  }
  for (runner::Event& event : ended(plan, asker, done)) note(sys, records, std::move(event));
  runner::Ending ending = ending_of(plan, done);
  ending.summary += markdown_of(plan.sizes) + learned_limit(door.costs());
  name_mode(ending, door);
  std::vector<wire::Evidence> pieces;
  if (ending.outcome != Outcome::ok) {
    Remedy remedy = remedy_for(plan.inputs, asker.presented, done ? "" : done.error().code, cause_told(done));
    if (!remedy.summary.empty()) ending.summary += "\n" + remedy.summary;
    pieces = std::move(remedy.files);
  }
  if (done) pieces.insert(pieces.end(), done->failed.evidence.begin(), done->failed.evidence.end());
  auto folder = keep_evidence(sys, pieces);
  if (!folder) sys.log.warning("the evidence could not be written: " + folder.error().sentence());
  ending.outputs.emplace_back("log-file", records.file());
  ending.outputs.emplace_back("evidence-dir", folder ? *folder : "");
  facts.evidence = std::move(pieces);
  facts.records = records.file();
  return ending;
}

json::Value costs_json(const cluster::Costs& costs) {
  return json::Object{{"calls", costs.calls},
                      {"bytes", static_cast<std::int64_t>(costs.bytes)},
                      {"reduced", costs.reduced},
                      {"chunks", costs.chunks},
                      {"transferMs", costs.transfer.count()}};
}

// What the cluster holds of the release once all is over. Whoever was told to stop asks nobody any more.
json::Value stands(sys::Sys& sys, cluster::Door& door, const DeployInputs& inputs) {
  if (door.costs().calls == 0 || sys.stop.requested()) return {};
  auto status = look_at(sys, door, inputs);
  if (status) return json_of(*status);
  return json::Object{{"error", status.error().sentence()}};
}

// The log is kept from the first line on, so everything below is built with it.
base::Result<runner::Ending> bundled(sys::Sys& outer, sys::Http& http, const DeployInputs& inputs) {
  LogRecorder log(outer.log, outer.clock, outer.secrets);
  HttpRecorder requests(http, outer.clock);
  sys::Sys sys{outer.clock, outer.env, outer.files, outer.processes, outer.random, log, outer.secrets, outer.stop};
  access::Connection connection(sys, requests, inputs);
  DebugFacts facts;
  auto done = carry_out(sys, connection.door(), inputs, {connection.presented(), connection.correlation_id()}, facts);
  facts.verb = word_of(inputs.verb);
  facts.correlation = connection.correlation_id();
  facts.costs = costs_json(connection.door().costs());
  facts.status = stands(sys, connection.door(), inputs);
  facts.log = log.text();
  facts.requests = requests.text();
  if (!facts.records.empty()) {
    auto records = outer.files.read(facts.records, k_records_limit);
    facts.records = records ? std::move(records).value() : std::string();
  }
  keep_debug_bundle(outer, inputs.debug_bundle, facts, done);
  return done;
}

base::Result<runner::Ending> probe(sys::Sys& sys, access::Connection& connection, const DeployInputs& inputs) {
  SENTIMARK_LET(findings, measure(sys, *connection.arm(), *connection.entra(), inputs.timeout));
  runner::Ending ending;
  ending.summary = ending.text = markdown_of(findings, inputs.cluster.name, inputs.timeout);
  ending.data = json_of(findings);
  return ending;
}

}  // namespace

base::Result<runner::Ending> run(sys::Sys& sys, sys::Http& http, const runner::Inputs& given) {
  SENTIMARK_LET(inputs, parse_inputs(given));
  if (!inputs.explain_values.empty()) return explain_values(sys, inputs);
  if (!inputs.debug_bundle.empty() && inputs.verb != Verb::probe) return bundled(sys, http, inputs);
  access::Connection connection(sys, http, inputs);
  if (inputs.verb == Verb::probe) return probe(sys, connection, inputs);
  DebugFacts facts;
  return carry_out(sys, connection.door(), std::move(inputs), {connection.presented(), connection.correlation_id()},
                   facts);
}

}  // namespace sentimark::helm_private_deploy
