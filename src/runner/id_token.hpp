// The id-token that GitHub gives a job: proof of which workflow runs, valid for five minutes.
#pragma once
#include "base/result.hpp"
#include "sys/http.hpp"
#include "sys/sys.hpp"

namespace sentimark::runner {

// A fresh token for this audience, by ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN (actions/toolkit, packages/core).
// Errors: auth when the job has no such right, and those of net::send_with_retry.
base::Result<base::Secret> id_token(sys::Sys& sys, sys::Http& http, const std::string& audience,
                                    base::Instant deadline);

}  // namespace sentimark::runner
