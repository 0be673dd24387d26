// How large helm's own record of a release will be, before there is one.
//
// Helm keeps each revision in a Secret, as base64 of gzip of JSON, in which every file of the chart stands as base64
// again (pkg/storage/driver/util.go): three to four times what the package weighs. Kubernetes takes no Secret of more
// than 1 MiB. Charts inside charts/ are not kept, only what they render to.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "helm/chart.hpp"

namespace sentimark::helm {

inline constexpr std::uint64_t k_record_limit = 1'048'576;  // Kubernetes' MaxSecretSize

struct RecordSize {
  std::uint64_t least = 0;   // with nothing rendered: it will not be smaller
  std::uint64_t likely = 0;  // if each template renders to about its own size
  bool fits() const { return least <= k_record_limit; }
};

// `values` is the JSON that helm is given. Beyond three times the limit the figures are extrapolated. Error: config for
// a Chart.yaml or values.yaml that cannot be read.
base::Result<RecordSize> record_size(const Chart& chart, std::string_view values);

}  // namespace sentimark::helm
