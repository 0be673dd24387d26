// What a refusal of Azure Resource Manager means and what to do about it.
#pragma once
#include "base/result.hpp"
#include "sys/http.hpp"

namespace sentimark::azure {

// Reads {"error": {"code", "message", …}} or the bare inner object (deploy.md section 1.4). The kind follows the code,
// and where the code is not known the status.
base::Error arm_error(const sys::Response& response);

// Whether another operation on the cluster was in the way.
bool is_busy(const base::Error& error);

}  // namespace sentimark::azure
