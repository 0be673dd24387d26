// Plan: what a deploy will do, computed before anything is asked of anybody. --dry-run prints it.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cluster/door.hpp"
#include "helm/chart.hpp"
#include "helm/values.hpp"
#include "helm_private_deploy/inputs.hpp"
#include "helm_private_deploy/sizes.hpp"
#include "sys/sys.hpp"

namespace sentimark::helm_private_deploy {

struct Plan {
  DeployInputs inputs;
  std::string chart_name;
  std::string chart_version;
  std::string app_version;
  std::size_t chart_files = 0;  // 0 for a chart that helm pulls: nothing of it is here
  std::string archive_sha256;   // of the .tgz that the chart came as; empty for a folder
  Sizes sizes;
  std::string package;                     // chart.tgz; empty for a chart that helm pulls
  std::string package_sha256;              // or the digest that its reference names
  std::vector<cluster::Payload> registry;  // what helm needs to pull it
  std::string values_text;                 // values.json
  std::string values_sha256;
  std::string operation;  // 32 hex digits
  std::string run_url;    // of this workflow run; empty outside Actions
};

// The values files and values-inline, in order of rising precedence. Error: config for a file that cannot be read.
base::Result<std::vector<helm::ValueSource>> read_values(sys::Sys& sys, const DeployInputs& inputs);

// Reads chart and values, packs the one and merges the others. `cluster_id` is the door's. No network, no side effect.
// Error: config with file, line and column where there are any, or usage.
base::Result<Plan> make_plan(sys::Sys& sys, DeployInputs inputs, const std::string& cluster_id);

// The job that the plan begins with, and the files it needs.
wire::Job job_of(const Plan& plan, std::int64_t attempt, const std::string& caller);
std::vector<cluster::Payload> payloads_of(const Plan& plan);

// For people, several lines.
std::string text_of(const Plan& plan);
json::Value json_of(const Plan& plan);

}  // namespace sentimark::helm_private_deploy
