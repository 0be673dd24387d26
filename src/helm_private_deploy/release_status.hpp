// ReleaseStatus: how a release stands, told from the cluster's record and helm's history.
#pragma once
#include <optional>
#include <string>

#include "helm_private_deploy/inputs.hpp"
#include "json/value.hpp"
#include "wire/answer.hpp"
#include "wire/fence.hpp"

namespace sentimark::helm_private_deploy {

struct ReleaseStatus {
  std::optional<wire::FenceRecord> record;
  json::Value history;  // helm's own rows, oldest first
};

// Error: unknown when the answer holds no status.
base::Result<ReleaseStatus> status_in(const wire::Answer& answer);

std::string status_text(const DeployInputs& inputs, const ReleaseStatus& status);
std::string history_text(const ReleaseStatus& status);  // a table; every verified revision is marked
json::Value json_of(const ReleaseStatus& status);

std::int64_t newest_revision(const ReleaseStatus& status);  // 0: there is no release

}  // namespace sentimark::helm_private_deploy
