// Trust: which certificate authorities this machine believes in. A static program carries none of its own.
#pragma once
#include <string>

#include "sys/env.hpp"
#include "sys/files.hpp"

namespace sentimark::net {

// Both may be set, as SSL_CERT_FILE and SSL_CERT_DIR may; both empty: nothing was found, and no TLS connection
// succeeds.
struct Trust {
  std::string file;    // PEM bundle
  std::string folder;  // hashed certificates (<8 hex digits>.<n>): far cheaper to open than a bundle
};

// What the user's environment names (CURL_CA_BUNDLE, then SSL_CERT_FILE, then SSL_CERT_DIR) is taken as it is: a wrong
// name must fail, not fall back to another trust. Else the first of the usual places that is there, hashed folder
// first.
Trust find_trust(const sys::Env& env, sys::Files& files);

// The certificates themselves, as PEM text, for a client that wants them at once. Error: config, for a file or folder
// that the environment names and that cannot be read; empty when the machine has none.
base::Result<std::string> read_trust(const sys::Env& env, sys::Files& files);

// "file /etc/…", "folder /etc/…" or both, for error texts; "no certificates" when nothing was found.
std::string describe(const Trust& trust);

}  // namespace sentimark::net
