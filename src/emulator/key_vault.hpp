// Azure Key Vault's data plane, as far as secrets go: get, list, set, with Azure RBAC. The host's name says which
// vault. Protocol: Key Vault REST reference, Get Secret, Get Secrets, Get Secret Versions and Set Secret,
// api-version 7.0 to 7.6.
#pragma once
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "emulator/config.hpp"
#include "emulator/identity.hpp"
#include "emulator/message.hpp"

namespace sentimark::emulator {

class KeyVault {
 public:
  explicit KeyVault(const Config& config, const Identity& identity);

  // getSecret, listSecrets, listVersions or setSecret of one of Azure's vault hosts; empty for any other request.
  static std::string operation_of(const Request& request);

  // Any of those operations. Without a token the answer is the challenge that Azure's clients start with.
  Reply answer(const std::string& operation, const Request& request);

 private:
  struct Version {
    std::string id, value;
    std::int64_t made;
  };
  using Secrets = std::map<std::string, std::vector<Version>>;

  Reply refusal(const Request& request, const std::string& vault, const std::string& operation) const;
  Reply get(const std::string& vault, const std::string& name, const std::string& version) const;
  Reply list(const std::string& vault, const std::string& name, const Request& request) const;
  Reply set(const std::string& vault, const std::string& name, const Request& request);

  const Config& config_;
  const Identity& identity_;
  std::map<std::string, Secrets> vaults_;
  mutable std::mutex mutex_;
};

}  // namespace sentimark::emulator
