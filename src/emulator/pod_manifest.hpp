// The objects of one command in the cluster, as AKS makes them (docs/emulator.md names the sources). Pure.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "json/value.hpp"

namespace sentimark::emulator {

constexpr const char* command_namespace = "aks-command";
constexpr const char* instance_label = "sentimark.local/emulator";  // whose it is: what shutdown sweeps by
constexpr const char* slow_start_gate = "sentimark.local/slow-start";
constexpr std::size_t piece_bytes = std::size_t{700} * 1024;  // of the context, in one Secret

struct PodPlan {
  std::string id;        // of the command, 32 hex
  std::string instance;  // value of instance_label
  std::string created_by;
  std::string command;
  std::string image;
  std::int64_t user = 0;
  std::int64_t limit_seconds = 0;  // run time; 0: none
  std::size_t pieces = 0;          // of the context
  bool as_token_identity = false;  // a kubeconfig of the caller's identity instead of the service account
  bool gated = false;              // not to be scheduled yet
  bool no_exec = false;            // the folder of the context refuses execution

  std::string pod() const { return "command-" + id; }
  std::string account() const { return "sa-" + id; }
  std::string identity_secret() const { return "command-" + id + "-identity"; }
  std::string piece_secret(std::size_t index) const { return "command-" + id + "-" + std::to_string(index); }
};

json::Value pod_manifest(const PodPlan& plan);
json::Value account_manifest(const PodPlan& plan);
json::Value binding_manifest(const PodPlan& plan);  // the service account as cluster-admin
json::Value secret_manifest(const PodPlan& plan, const std::string& name, const std::string& key,
                            const std::string& bytes);

// At most piece_bytes each, in order; none of an empty archive.
std::vector<std::string> pieces_of(const std::string& archive);

// The kubeconfig of a client certificate, as JSON, which kubectl and helm read as YAML.
std::string kubeconfig_of(const std::string& server, const std::string& ca_pem, const std::string& certificate_pem,
                          const std::string& key_pem);

// A word that is allowed as a label's value: others become "_" and it ends after 63.
std::string label_value(const std::string& text);

}  // namespace sentimark::emulator
