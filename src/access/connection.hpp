// Connection: the door to the cluster that the inputs name, and who stands before it.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "access/inputs.hpp"
#include "azure/arm.hpp"
#include "azure/entra.hpp"
#include "cluster/door.hpp"
#include "sys/http.hpp"
#include "sys/sys.hpp"

namespace sentimark::access {

class Connection {
 public:
  // Asks nobody yet. `sys` and `http` must outlive it.
  Connection(sys::Sys& sys, sys::Http& http, const ClusterInputs& inputs);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  cluster::Door& door() { return *door_; }
  // Azure itself, for what no door is for. Null with transport local.
  azure::Arm* arm() { return arm_ ? &*arm_ : nullptr; }
  azure::Entra* entra() { return entra_ ? &*entra_ : nullptr; }
  // What the identity said of itself, by now; empty without Azure.
  const azure::Presented& presented() const;
  std::string correlation_id() const;

 private:
  void sign_in(sys::Sys& sys, sys::Http& http, const ClusterInputs& inputs);

  azure::Presented nobody_;
  std::optional<azure::Entra> entra_;
  std::optional<azure::Arm> arm_;
  std::unique_ptr<cluster::Door> door_;
};

}  // namespace sentimark::access
