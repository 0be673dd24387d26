#include "verify/health.hpp"

#include "base/text.hpp"
#include "kube/custom_kinds.hpp"
#include "kube/health.hpp"
#include "verify/findings_files.hpp"
#include "verify/given.hpp"
#include "verify/health_findings.hpp"
#include "verify/live_health.hpp"
#include "verify/manifests.hpp"
#include "verify/objects.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

base::Result<base::WallTime> moment(sys::Sys& sys, const runner::Inputs& inputs) {
  const std::string text = inputs.get("now");
  if (text.empty()) return sys.clock.wall();
  auto time = base::from_rfc3339(text);
  if (!time)
    return base::fail(Outcome::usage, "input now is '" + base::shorten(text, 80) + "', no RFC 3339 time",
                      "write for example 2026-01-02T03:04:05Z");
  return time;
}

// What only means something where a release is looked at.
base::Done check_offline(const runner::Inputs& inputs) {
  if (inputs.get("soak").empty()) return {};
  return base::fail(Outcome::usage, "input soak is for a release in a cluster, and files were given",
                    "leave out the files, and give release and namespace");
}

// The objects of the inputs' chart; none where no chart was given.
base::Result<Objects> rendered(sys::Sys& sys, const runner::Inputs& given, std::optional<ChartRender>& chart) {
  Objects objects;
  if (given.get("chart").empty()) return objects;
  SENTIMARK_LET(inputs, parse_manifests_inputs(given, {}));
  SENTIMARK_LET(made, render_chart(sys, inputs));
  chart = std::move(made);
  SENTIMARK_TRY(add_objects(objects, chart->source(), Kinds::needed));
  return objects;
}

base::Result<runner::Ending> ended(sys::Sys& sys, const runner::Inputs& inputs, const HealthReport& report,
                                   const std::vector<Finding>& findings) {
  runner::Ending ending = ending_of(report, findings, inputs.get("format"), runner::wants_summary(sys.env));
  const JunitSuite suite = suite_of("verify health", findings);
  SENTIMARK_TRY(write_findings(sys, inputs, findings, {&suite, 1}, ending));
  if (report.live) ending.outputs.emplace_back("revision", std::to_string(report.revision));
  return ending;
}

base::Result<runner::Ending> live(sys::Sys& sys, sys::Http& http, const runner::Inputs& inputs) {
  SENTIMARK_LET(asked, parse_look(sys, inputs));
  std::optional<ChartRender> chart;
  SENTIMARK_LET(objects, rendered(sys, inputs, chart));
  if (chart) asked.intent = workloads_of(objects.values);
  SENTIMARK_LET(report, look(sys, http, inputs, std::move(asked)));
  std::vector<Finding> findings = findings_of(report);
  place(objects, findings);
  if (chart) chart->locate(objects, 0, findings);
  return ended(sys, inputs, report, findings);
}

}  // namespace

base::Result<json::Value> read_kinds(sys::Sys& sys, const runner::Inputs& inputs) {
  const std::string file = inputs.get("kinds");
  if (file.empty()) return json::Value();
  SENTIMARK_LET(source, read_source(sys, file));
  SENTIMARK_LET(documents, yaml::read_stream(source.text, source.name, {}, yaml::Reading::objects));
  if (documents.size() != 1)
    return base::fail(Outcome::config, file + " holds " + std::to_string(documents.size()) + " documents",
                      "write one document with a list 'kinds'");
  auto checked = kube::CustomKinds::from_json(documents.front().value);
  if (!checked) return std::move(checked).error().within("reading " + file);
  return std::move(documents.front().value);
}

base::Result<runner::Ending> run_health(sys::Sys& sys, sys::Http& http, const runner::Inputs& inputs) {
  const std::vector<std::string> files = given_files(inputs);
  if (files.empty() && inputs.get("release").empty())
    return base::fail(Outcome::usage, "there is neither a file nor a release to look at",
                      "write verify health FILE, or give release and namespace");
  if (files.empty()) return live(sys, http, inputs);
  SENTIMARK_TRY(check_offline(inputs));
  SENTIMARK_LET(now, moment(sys, inputs));
  SENTIMARK_LET(kinds, read_kinds(sys, inputs));
  std::optional<kube::CustomKinds> custom;
  if (!kinds.is_null()) {
    SENTIMARK_LET(parsed, kube::CustomKinds::from_json(kinds));
    custom = std::move(parsed);
  }
  Objects objects;
  for (const std::string& file : files) {
    SENTIMARK_LET(source, read_source(sys, file));
    SENTIMARK_TRY(add_objects(objects, std::move(source), Kinds::as_they_are));
  }
  kube::Snapshot snapshot = kube::snapshot_of(objects.values);
  snapshot.now = now;
  snapshot.custom = custom ? &*custom : nullptr;
  HealthReport report;
  report.objects = kube::judge(snapshot, kube::Scope::release).objects;
  report.total = report.objects.size();
  std::vector<Finding> findings = findings_of(report);
  place(objects, findings);
  return ended(sys, inputs, report, findings);
}

}  // namespace sentimark::verify
