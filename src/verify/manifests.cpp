#include "verify/manifests.hpp"

#include <optional>
#include <span>

#include "base/text.hpp"
#include "json/text.hpp"
#include "runner/workflow.hpp"
#include "verify/chart.hpp"
#include "verify/findings_files.hpp"
#include "verify/given.hpp"
#include "verify/manifests_inputs.hpp"
#include "verify/objects.hpp"
#include "verify/policy.hpp"
#include "verify/repair.hpp"
#include "verify/report.hpp"
#include "version/version.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

constexpr std::uint64_t k_policy_limit = std::uint64_t{1} << 20U;
constexpr std::uint64_t k_baseline_limit = std::uint64_t{64} << 20U;
constexpr std::uint64_t k_values_limit = std::uint64_t{16} << 20U;

base::Done accept(sys::Sys& sys, const ManifestsInputs& inputs, const Objects& objects,
                  std::vector<Finding>& findings) {
  Policy policy;
  if (!inputs.policy_file.empty()) {
    SENTIMARK_LET(text, sys.files.read(inputs.policy_file, k_policy_limit));
    SENTIMARK_LET(parsed, parse_policy(text, inputs.policy_file));
    policy = std::move(parsed);
  }
  apply_policy(policy, objects, sys.clock.wall(), findings);
  if (inputs.baseline_file.empty()) return {};
  SENTIMARK_LET(text, sys.files.read(inputs.baseline_file, k_baseline_limit));
  return apply_baseline(text, inputs.baseline_file, findings);
}

std::string result_text(const std::string& format, const Judged& judged, std::span<const JunitSuite> suites) {
  if (format == "jsonl") return json_lines_of(judged);
  if (format == "sarif") return sarif_of(judged.findings, version::version());
  if (format == "junit") return junit_of(suites);
  return format == "json" ? std::string() : text_of(judged);
}

json::Value data_of(const Judged& judged) {
  json::Value findings = json::Value::array();
  for (const Finding& finding : judged.findings) findings.push(json_of(finding));
  return json::Object{{"verdict", word_of(worst(judged.findings))},
                      {"objects", static_cast<std::int64_t>(judged.objects)},
                      {"findings", std::move(findings)}};
}

}  // namespace

base::Result<std::optional<ChartRender>> render_chart(sys::Sys& sys, const ManifestsInputs& inputs) {
  if (inputs.chart.empty()) return std::optional<ChartRender>();
  ChartInputs chart{inputs.chart, inputs.helm, inputs.release, inputs.namespace_name, inputs.kube_version, {}};
  for (const std::string& file : inputs.values_files) {
    SENTIMARK_LET(text, sys.files.read(file, k_values_limit));
    chart.values.push_back({file, std::move(text)});
  }
  if (!base::trim(inputs.values_inline).empty()) chart.values.push_back({"values-inline", inputs.values_inline});
  SENTIMARK_LET(made, ChartRender::make(sys, std::move(chart)));
  return std::optional<ChartRender>(std::move(made));
}

base::Result<Judged> judge_manifests(sys::Sys& sys, const ManifestsInputs& inputs, const ChartRender* chart) {
  Objects objects;
  if (chart != nullptr) SENTIMARK_TRY(add_objects(objects, chart->source(), Kinds::needed));
  for (const std::string& file : inputs.files) {
    SENTIMARK_LET(source, read_source(sys, file));
    SENTIMARK_TRY(add_objects(objects, std::move(source), Kinds::needed));
  }
  if (objects.values.empty())
    return base::fail(Outcome::config, objects.sources.front().name + ": there is no Kubernetes object in it",
                      "give files of Kubernetes objects");
  Judged judged;
  judged.objects = objects.values.size();
  for (const SourceText& source : objects.sources) judged.files.push_back(source.name);
  if (inputs.rules.pod_security)
    judged.pod_security = inputs.level_word + " for Kubernetes 1." + std::to_string(inputs.rules.minor);
  judged.findings = findings_of(objects, inputs.rules);
  if (chart != nullptr) {
    chart->locate(objects, 0, judged.findings);
    chart->find_values(sys, objects, 0, judged.findings);
  }
  SENTIMARK_TRY(accept(sys, inputs, objects, judged.findings));
  judged.patch = repair_of(objects, chart, judged.findings);
  SENTIMARK_TRY(write_result(sys, inputs.patch_file, judged.patch));
  if (!inputs.write_baseline.empty())
    SENTIMARK_TRY(write_result(sys, inputs.write_baseline, baseline_of(judged.findings)));
  return judged;
}

base::Result<runner::Ending> run_manifests(sys::Sys& sys, const runner::Inputs& given) {
  SENTIMARK_LET(inputs, parse_manifests_inputs(given, given_files(given)));
  SENTIMARK_LET(chart, render_chart(sys, inputs));
  SENTIMARK_LET(judged, judge_manifests(sys, inputs, chart ? &*chart : nullptr));
  runner::Ending ending;
  std::vector<JunitSuite> suites;
  if (inputs.format == "junit" || !given.get("junit-file").empty())
    suites.push_back(suite_of("verify manifests", judged.findings));
  SENTIMARK_TRY(write_findings(sys, given, judged.findings, suites, ending));
  if (runner::in_actions(sys.env)) annotate(sys.log, judged);
  const Verdict verdict = worst(judged.findings);
  const Counts counts = count(judged.findings);
  tell_verdict(ending, {word_of(verdict), counts.fail, counts.warn});
  if (runner::wants_summary(sys.env)) ending.summary = summary_of(judged);
  ending.text = result_text(inputs.format, judged, suites);
  if (inputs.format == "json") ending.data = data_of(judged);
  if (verdict != Verdict::fail) return ending;
  ending.outcome = Outcome::refused;
  ending.reason = headline_of(judged);
  ending.cure = k_manifests_cure;
  return ending;
}

}  // namespace sentimark::verify
