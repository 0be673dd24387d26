// Kubernetes quantities as numbers: "500m", "1.5", "64Mi", "2e3", "1k".
#pragma once
#include <cstdint>
#include <optional>

#include "json/value.hpp"

namespace sentimark::kube {

// In thousandths of the unit (millicores, milli-bytes). Nothing when it is no quantity or does not fit.
std::optional<std::int64_t> milli_quantity(const json::Value& value);

}  // namespace sentimark::kube
