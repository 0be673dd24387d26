// A cluster's API over HTTPS, with the rights of a kubeconfig.
#pragma once
#include <memory>
#include <string>

#include "base/result.hpp"
#include "json/value.hpp"

namespace sentimark::emulator {

class Kubernetes {
 public:
  struct Answer {
    int status = 0;    // 0: no answer came
    std::string text;  // the body as it came
    json::Value body;  // null when it is not JSON

    bool good() const { return status >= 200 && status < 300; }
    std::string message() const;  // what a Status object says, else the status
  };

  // Reads the current context through `KUBECTL config view`, which knows every form a kubeconfig takes. Client
  // certificates and bearer tokens are understood. Error: config.
  static base::Result<Kubernetes> open(const std::string& kubeconfig, const std::string& kubectl);

  // The path may carry a query. Each call may be made by any thread; each gives up after 20 s without a byte.
  Answer get(const std::string& path) const;
  Answer create(const std::string& path, const json::Value& object) const;
  Answer merge(const std::string& path, const json::Value& patch) const;  // JSON merge patch
  Answer remove(const std::string& path, int grace_seconds) const;

  const std::string& ca_pem() const;

 private:
  struct Access;
  explicit Kubernetes(std::shared_ptr<const Access> access) : access_(std::move(access)) {}
  std::shared_ptr<const Access> access_;
};

}  // namespace sentimark::emulator
