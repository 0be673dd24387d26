// Credential: how the identity proves itself on this machine (deploy.md section 4.3).
#pragma once
#include "access/inputs.hpp"
#include "sys/http.hpp"
#include "sys/sys.hpp"

namespace sentimark::access {

// Of `automatic`, the first that this machine has; else as it was given. Never `automatic`.
Credential credential_here(const sys::Env& env, Credential given);

// The content of AZURE_FEDERATED_TOKEN_FILE, read anew each time: whoever writes it rotates it. Error: auth when it is
// not set or cannot be read.
base::Result<base::Secret> federated_token(sys::Sys& sys);

}  // namespace sentimark::access
