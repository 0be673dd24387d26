// The HTTPS server: routing, faults and the journal around GitHub's issuer, Entra and ARM.
#pragma once
#include <string>

#include "base/result.hpp"
#include "emulator/config.hpp"
#include "emulator/faults.hpp"

namespace sentimark::emulator {

// Writes ca.pem, endpoint.json, env and pid into config.state, serves until SIGINT or SIGTERM (which must be blocked in
// the caller's thread), then removes env and the keys. Error: config when the folder or the address cannot be used.
base::Done serve(const Config& config, Faults& faults);

// A line for each library that it stands on.
std::string library_versions();

}  // namespace sentimark::emulator
