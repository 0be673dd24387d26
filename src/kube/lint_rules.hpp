// The families of lint rules, for lint.cpp.
#pragma once
#include "kube/lint.hpp"
#include "kube/pod_template.hpp"

namespace sentimark::kube {

struct LintPod {
  const PodTemplate& pod;
  std::vector<Container> containers;
};

using Findings = std::vector<LintFinding>;

void lint_placement(const LintPod& pod, Findings& found);    // SEC-PLACE-*, SEC-CONTRADICT
void lint_security(const LintPod& pod, Findings& found);     // users, root file system, token, secrets in env
void lint_images(const LintPod& pod, Findings& found);       // IMG-*
void lint_reliability(const LintPod& pod, Findings& found);  // REL-PROBES, REL-RES, REL-SPREAD, REL-REPL
void lint_references(const json::Array& objects, bool whole, Findings& found);  // REF-*, REL-PDB, NET-POL

}  // namespace sentimark::kube
