// Inputs of a deploy, parsed once and checked.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/inputs.hpp"
#include "base/result.hpp"
#include "helm_private_deploy/budgets.hpp"
#include "runner/inputs.hpp"
#include "wire/chart_reference.hpp"

namespace sentimark::helm_private_deploy {

enum class Verb { deploy, status, history, rollback, uninstall, resume, probe };
std::string_view word_of(Verb verb);  // as on the command line

using access::Transport;
enum class OnFailure { rollback, keep, uninstall_if_first };
enum class OnCancel { detach, stop };

struct DeployInputs : access::ClusterInputs {
  Verb verb = Verb::deploy;
  std::string chart;
  std::optional<wire::ChartReference> reference;  // of a chart that helm pulls; then `chart` is no path
  std::string registry_config;
  std::string registry_ca;
  std::string release;
  std::string namespace_name;
  bool create_namespace = false;
  std::vector<std::string> values_files;
  std::string values_inline;
  base::Millis timeout{0};
  Budgets budgets;  // of a deploy
  OnFailure on_failure = OnFailure::rollback;
  OnCancel on_cancel = OnCancel::detach;
  std::string operation;  // empty: made by plan
  bool dry_run = false;
  std::int64_t revision = 0;  // of rollback; 0: the last verified one
  bool force = false;         // of resume
  bool print_az = false;
  std::string debug_bundle;    // a file; empty: none is written
  std::string explain_values;  // a key of the values; empty: none is asked for
};

// Error: usage, naming the input, what is wrong with it and what to write.
base::Result<DeployInputs> parse_inputs(const runner::Inputs& inputs);

}  // namespace sentimark::helm_private_deploy
