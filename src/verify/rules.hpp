// The rules of verify manifests, family by family: from objects to findings.
#pragma once
#include <optional>
#include <vector>

#include "kube/pod_security.hpp"
#include "verify/finding.hpp"
#include "verify/objects.hpp"

namespace sentimark::verify {

enum class Safeguards { off, warn, enforce };

struct RuleChoice {
  bool lint = true;  // SEC-*, IMG-*, REL-*, REF-*, NET-*, API-*
  bool yaml = true;  // YAML-*
  bool pod_security = false;
  Safeguards safeguards = Safeguards::warn;  // AKS-*
  kube::PodSecurityLevel level = kube::PodSecurityLevel::restricted;
  int minor = kube::k_newest_pod_security_minor;
  bool whole = true;  // nothing else is deployed beside the objects
};

// Every finding, objects in their order; of Pod Security one line of verdict pass for each object that breaks nothing.
std::vector<Finding> findings_of(const Objects& objects, const RuleChoice& choice);

// YAML-*: what the text and its reading give away.
void add_pitfalls(const Objects& objects, std::vector<Finding>& findings);

// API-*: versions that the Kubernetes minor no longer serves, kinds without a version.
void add_api_versions(const Objects& objects, int minor, std::vector<Finding>& findings);

// A finding at a path of an object.
Finding at(const Objects& objects, std::size_t object, std::string_view rule, Verdict verdict, std::string path,
           std::string message, std::string fix);

}  // namespace sentimark::verify
