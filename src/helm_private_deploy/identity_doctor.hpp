// Identity doctor: when Entra, Azure or Kubernetes does not let the identity in, exactly what is missing, ready to
// apply.
#pragma once
#include <string>
#include <vector>

#include "azure/entra.hpp"
#include "helm_private_deploy/inputs.hpp"
#include "wire/answer.hpp"

namespace sentimark::helm_private_deploy {

struct Remedy {
  std::string summary;                // Markdown; empty when the failure has nothing to do with the identity
  std::vector<wire::Evidence> files;  // the same as files: JSON, YAML and the commands that apply them
};

// Pure. `text` is the cause that was told, never what a release printed: it could ask for rights of its own; `code` the
// machine word of its error, empty for an agent's answer; `presented` what the identity said of itself. Recognises
// AADSTS codes of federation (70021, 700211, 700212, 700213, 7002138), ARM's AuthorizationFailed, and `is forbidden:
// User …` of the API server, Azure RBAC for Kubernetes included.
Remedy remedy_for(const DeployInputs& inputs, const azure::Presented& presented, const std::string& code,
                  const std::string& text);

}  // namespace sentimark::helm_private_deploy
