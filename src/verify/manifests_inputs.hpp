// Inputs of verify manifests, parsed once and checked.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "runner/inputs.hpp"
#include "verify/rules.hpp"

namespace sentimark::verify {

struct ManifestsInputs {
  std::vector<std::string> files;
  std::string chart;  // a folder; empty when files alone are judged
  std::vector<std::string> values_files;
  std::string values_inline;
  std::string release;
  std::string namespace_name;
  std::string helm;
  std::string kube_version;  // as it was given
  RuleChoice rules;
  std::string level_word;
  std::string policy_file;
  std::string baseline_file;
  std::string write_baseline;
  std::string patch_file;
  std::string format;
};

// `files` are those to judge beside the chart. Error: usage, naming the input, what is wrong with it and what to write;
// also when there is neither a file nor a chart.
base::Result<ManifestsInputs> parse_manifests_inputs(const runner::Inputs& inputs, std::vector<std::string> files);

// "1.30", "v1.30.4", "1.30.2-gke.7" -> 30; "latest" or empty -> the newest that is known. Error: usage.
base::Result<int> parse_kube_version(const std::string& text);

}  // namespace sentimark::verify
