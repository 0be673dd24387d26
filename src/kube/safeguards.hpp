// AKS Deployment Safeguards: what Enforce will deny, and what it will change without a word, told before it happens.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "json/value.hpp"
#include "kube/object.hpp"

namespace sentimark::kube {

struct Safeguard {
  enum class Outcome { deny, change };
  std::string_view rule;  // "AKS-PROBES"
  Outcome outcome = Outcome::deny;
  std::size_t object = 0;  // its place in what was asked
  ObjectRef ref;
  std::string path;     // the field that is refused, or that will be another one
  std::string message;  // of a denial in the service's own words
  json::Value becomes;  // of a change: what will stand at the path
};

// For objects in a namespace that is not excluded. Warn says the same and changes nothing. Which images are allowed is
// the cluster's own list and not judged; a CPU request without a limit is not told, because the documentation does not
// say what becomes of it. Pod Security is judged apart: AKS Automatic enforces baseline.
// Source: MicrosoftDocs/azure-aks-docs articles/aks/deployment-safeguards.md, 06/2026.
std::vector<Safeguard> aks_safeguards(const json::Array& objects);

}  // namespace sentimark::kube
