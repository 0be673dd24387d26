// Lint: what is wrong or risky in manifests before they meet a cluster, by rules with ids of our own.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "json/value.hpp"
#include "kube/object.hpp"

namespace sentimark::kube {

enum class LintLevel { warning, error };

// One step of a ready patch: remove what stands at `path`, or set `value` there.
struct PatchStep {
  bool remove = false;
  std::string path;
  json::Value value;
};

struct LintFinding {
  std::string_view rule;  // "SEC-PLACE-CTR"
  LintLevel level = LintLevel::warning;
  std::size_t object = 0;  // its place in what was asked
  ObjectRef ref;
  std::string path;              // the field, from the object: "spec.template.spec.containers[0].image"
  std::string message;           // one sentence
  std::string fix;               // one sentence
  std::vector<PatchStep> patch;  // mends the finding when it is applied in order; may be empty
};

// Rules that look at one object. `minor` is the Kubernetes minor whose Pod Security revision counts.
std::vector<LintFinding> lint_object(const json::Value& object, int minor);

// The same for all objects of a release, and the rules that need more than one of them: references that lead nowhere,
// selectors that fit nothing or too much, budgets, network policies. `whole` says that nothing else is deployed beside
// them, so that a missing neighbour is a finding.
std::vector<LintFinding> lint(const json::Array& objects, int minor, bool whole = true);

}  // namespace sentimark::kube
