#include "helm_private_deploy/plan.hpp"

#include "base/text.hpp"
#include "cluster/command_call.hpp"
#include "helm/package.hpp"
#include "helm/values.hpp"
#include "helm_private_deploy/operation.hpp"
#include "helm_private_deploy/registry.hpp"
#include "runner/workflow.hpp"

namespace sentimark::helm_private_deploy {
namespace {

using base::Outcome;

constexpr std::uint64_t k_values_limit = std::uint64_t{16} << 20U;
constexpr std::size_t k_digits_told = 12;

std::string_view word_of(OnFailure way) {
  return way == OnFailure::rollback ? "rollback" : way == OnFailure::keep ? "keep" : "uninstall-if-first";
}

std::string target_of(const Plan& plan) {
  if (plan.inputs.transport == Transport::local) return "kubectl and helm of this machine";
  return plan.inputs.cluster.resource_group + "/" + plan.inputs.cluster.name + " by runCommand";
}

base::Done take_package(sys::Sys& sys, Plan& plan) {
  SENTIMARK_LET(chart, helm::load_chart(sys.files, plan.inputs.chart));
  SENTIMARK_LET(package, helm::package(chart));
  plan.chart_name = chart.name;
  plan.chart_version = chart.version;
  plan.app_version = chart.app_version;
  plan.chart_files = chart.entries.size();
  plan.archive_sha256 = chart.archive_sha256;
  SENTIMARK_LET(sizes, sizes_of(chart, plan.values_text));
  plan.sizes = std::move(sizes);
  plan.package = std::move(package.tgz);
  plan.package_sha256 = package.sha256;
  plan.sizes.package = plan.package.size();
  return {};
}

// Nothing of the chart is here: its digest stands for all of it, and helm believes no other bytes.
base::Done take_reference(sys::Sys& sys, Plan& plan) {
  const wire::ChartReference& reference = *plan.inputs.reference;
  plan.chart_name = reference.name();
  plan.chart_version = reference.tag.empty() ? "@" + reference.digest.substr(0, k_digits_told) : reference.tag;
  plan.package_sha256 = reference.digest;
  SENTIMARK_LET(files, registry_files(sys, plan.inputs));
  plan.registry = std::move(files);
  return {};
}

}  // namespace

base::Result<std::vector<helm::ValueSource>> read_values(sys::Sys& sys, const DeployInputs& inputs) {
  std::vector<helm::ValueSource> sources;
  for (const std::string& file : inputs.values_files) {
    auto text = sys.files.read(file, k_values_limit);
    if (!text) {
      if (text.error().code != "not-found") return std::move(text).error();
      return base::fail(Outcome::config, "values file " + file + " does not exist",
                        "correct the input values; paths start at the working directory of the step");
    }
    sources.push_back({file, std::move(text).value()});
  }
  if (!base::trim(inputs.values_inline).empty()) sources.push_back({"values-inline", inputs.values_inline});
  return sources;
}

base::Result<Plan> make_plan(sys::Sys& sys, DeployInputs inputs, const std::string& cluster_id) {
  Plan plan;
  plan.inputs = std::move(inputs);
  SENTIMARK_LET(sources, read_values(sys, plan.inputs));
  SENTIMARK_LET(values, helm::merge_values(sources));
  plan.values_text = std::move(values.text);
  plan.values_sha256 = values.sha256;
  SENTIMARK_TRY(plan.inputs.reference ? take_reference(sys, plan) : take_package(sys, plan));
  plan.run_url = runner::run_url(sys.env);
  plan.operation = plan.inputs.operation;
  if (plan.operation.empty()) {
    const bool in_run = !sys.env.get_or("GITHUB_RUN_ID", "").empty();
    plan.operation = in_run ? operation_of(sys.env, {cluster_id, plan.inputs.namespace_name, plan.inputs.release,
                                                     plan.package_sha256, plan.values_sha256})
                            : sys::random_id(sys.random);
  }
  if (plan.inputs.transport == Transport::run_command) {
    SENTIMARK_LET(call, cluster::command_call(job_of(plan, 1, plan.operation), payloads_of(plan), {}));
    plan.sizes.context = call.context.size();
    plan.sizes.agents = call.agent_size;
  }
  return plan;
}

wire::Job job_of(const Plan& plan, std::int64_t attempt, const std::string& caller) {
  wire::Job job;
  job.operation = plan.operation;
  job.attempt = attempt;
  job.caller = caller;
  job.release = plan.inputs.release;
  job.namespace_name = plan.inputs.namespace_name;
  job.create_namespace = plan.inputs.create_namespace;
  job.helm = plan.inputs.helm;
  job.kubectl = plan.inputs.kubectl;
  job.helm_timeout = plan.inputs.budgets.upgrade;
  job.gather_for = plan.inputs.budgets.diagnose;
  job.chart_sha256 = plan.package_sha256;
  if (plan.inputs.reference) job.chart_reference = plan.inputs.reference->pinned();
  job.values_sha256 = plan.values_sha256;
  job.run_url = plan.run_url;
  return job;
}

std::vector<cluster::Payload> payloads_of(const Plan& plan) {
  std::vector<cluster::Payload> payloads = plan.registry;
  if (!plan.inputs.reference) payloads.push_back({std::string(wire::k_chart_file), plan.package});
  payloads.push_back({std::string(wire::k_values_file), plan.values_text});
  return payloads;
}

std::string text_of(const Plan& plan) {
  std::string text;
  const auto line = [&](const std::string& name, const std::string& value) {
    text += name + std::string(name.size() < 12 ? 12 - name.size() : 1, ' ') + value + "\n";
  };
  line("operation", plan.operation);
  line("release", plan.inputs.release + " in namespace " + plan.inputs.namespace_name +
                      (plan.inputs.create_namespace ? " (made when absent)" : ""));
  line("cluster", target_of(plan));
  line("chart",
       plan.chart_name + " " + plan.chart_version + ", " +
           (plan.inputs.reference ? "pulled by helm from " + plan.inputs.reference->host
                                  : std::to_string(plan.chart_files) + " files, " + std::to_string(plan.sizes.files) +
                                        " bytes, packed " + std::to_string(plan.package.size())));
  line("  sha256", plan.package_sha256);
  if (!plan.archive_sha256.empty()) line("  from", plan.inputs.chart + ", sha256 " + plan.archive_sha256);
  line("values", std::to_string(plan.inputs.values_files.size()) + " files" +
                     (base::trim(plan.inputs.values_inline).empty() ? "" : " and values-inline") + ", merged " +
                     std::to_string(plan.values_text.size()) + " bytes");
  line("  sha256", plan.values_sha256);
  line("timeout", base::human_duration(plan.inputs.timeout));
  line("on-failure", std::string(word_of(plan.inputs.on_failure)));
  return text + text_of(plan.sizes);
}

json::Value json_of(const Plan& plan) {
  return json::Object{{"operation", plan.operation},
                      {"release", plan.inputs.release},
                      {"namespace", plan.inputs.namespace_name},
                      {"cluster", target_of(plan)},
                      {"chart", json::Object{{"name", plan.chart_name},
                                             {"version", plan.chart_version},
                                             {"files", static_cast<std::int64_t>(plan.chart_files)},
                                             {"bytes", static_cast<std::int64_t>(plan.sizes.files)},
                                             {"packed", static_cast<std::int64_t>(plan.package.size())},
                                             {"sha256", plan.package_sha256}}},
                      {"values", json::Object{{"bytes", static_cast<std::int64_t>(plan.values_text.size())},
                                              {"sha256", plan.values_sha256}}},
                      {"sizes", json_of(plan.sizes)},
                      {"timeoutSeconds", plan.inputs.timeout.count() / 1000},
                      {"onFailure", word_of(plan.inputs.on_failure)}};
}

}  // namespace sentimark::helm_private_deploy
