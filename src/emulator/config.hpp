// What the emulated world looks like. Every field has a default, so an empty file is a whole world (docs/emulator.md).
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "emulator/roles.hpp"
#include "json/value.hpp"

namespace sentimark::emulator {

struct FederatedCredential {
  std::string issuer;  // empty: the emulator's own GitHub issuer
  std::string subject;
  std::string audience;
  std::string ca;  // file of the CA that the issuer's server is verified by; empty: the emulator's own
};

// An identity beside the client: a workload's. ARM lets it do nothing.
struct WorkloadIdentity {
  std::string client, object_id;
  std::vector<FederatedCredential> federated;
};

struct VaultRole {
  std::string object_id;
  std::string role;    // Key Vault Secrets User or Key Vault Secrets Officer
  std::string secret;  // the scope: a secret in lower case, or empty for the whole vault
};

struct Vault {
  std::string name;
  std::map<std::string, std::string> secrets;  // name -> first value
  std::vector<VaultRole> roles;
};

struct Config {
  std::string state;  // folder
  int port = 0;
  std::string tenant, subscription, resource_group, cluster, client, client_secret, identity_header, object_id;
  bool aad = false;  // the cluster is AAD-managed: runCommand needs a clusterToken
  bool disable_run_command = false;
  bool throttle = false;  // count requests as the provider does
  std::string power_state;
  double start_seconds = 0;  // how long a stopped cluster takes to start
  double busy_seconds = 0;   // how long it is busy with another operation after the emulator began
  std::int64_t token_seconds = 3600;
  std::vector<RoleAssignment> roles;  // what the client may do where
  json::Value cluster_properties;     // merged over the cluster's own
  std::vector<FederatedCredential> federated;
  std::vector<WorkloadIdentity> identities;
  std::vector<Vault> vaults;
  json::Value github;  // claims of the workflow
  bool immutable_subject = false;
  std::vector<std::string> groups;   // object ids of the client's groups, in its tokens
  bool pods = false;                 // commands run as pods of the cluster, else as processes of this machine
  std::string tools;                 // PATH of child commands
  std::string kubeconfig;            // handed to child commands, an administrator's in pod mode; may be empty
  std::string kubectl;               // the program
  std::string helm;                  // for child commands; empty: as PATH has it
  std::string ca_key;                // of the cluster, for client certificates in pod mode
  std::string image;                 // of command pods
  std::int64_t command_user = 0;     // number of the user in command pods
  std::int64_t command_seconds = 0;  // run-time limit; 0: none
  std::int64_t pod_seconds = 0;      // a command pod whose result nobody reads goes then
  std::int64_t result_seconds = 0;   // a result is forgotten so long after its command's end; 0: never
  std::size_t command_limit = 0;     // a longer command is refused with 413; 0: none is
  bool one_command = false;          // another command is refused while one runs
  bool partial_logs = false;         // in child mode what a command has printed by now is told while it runs
  std::size_t context_limit = 4U << 20U;
  double time_scale = 1;
  bool instant = false;
  json::Array faults;

  std::string subject() const;  // the subject of GitHub's id-token
};

// Reads the file's text over the defaults. Error: config, naming an unknown field.
base::Result<Config> read_config(const std::string& text);

}  // namespace sentimark::emulator
