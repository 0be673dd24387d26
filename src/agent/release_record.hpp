// The record that helm keeps of a revision: a Secret whose data is base64 of gzip of JSON (helm
// pkg/storage/driver/util.go).
#pragma once
#include <string>
#include <string_view>

#include "agent/kubectl.hpp"
#include "wire/job.hpp"

namespace sentimark::agent {

// Sets a pending revision to failed, so that helm takes the release up again; nothing else of the record changes, and
// the revision stays in the history. Only for a revision whose helm is proved dead.
// Errors: refused with code "no-record" where there is no such Secret (another storage driver) or it cannot be read,
// and those of Kubectl; Conflict when somebody else wrote it meanwhile.
base::Done mark_failed(Kubectl& kubectl, const wire::Job& job, std::int64_t revision);

// Pure. The record's text with its pending status set to failed; byte for byte the same otherwise. Error: refused.
base::Result<std::string> with_status_failed(std::string_view encoded);

}  // namespace sentimark::agent
