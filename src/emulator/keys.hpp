// Keys, certificates and random words of one run, by OpenSSL. All functions end the program only through exceptions
// that main catches.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "json/value.hpp"

struct evp_pkey_st;

namespace sentimark::emulator {

std::string random_hex(std::size_t bytes);
std::string random_uuid();
std::string sha256_hex(const std::string& bytes);
std::string base64url(const std::string& bytes);

// An RSA key that signs JWTs (RS256).
class SigningKey {
 public:
  SigningKey();
  json::Value jwks() const;                           // {"keys":[...]}
  std::string sign(const json::Value& claims) const;  // a compact JWT
 private:
  std::shared_ptr<evp_pkey_st> key_;
  std::string id_;
};

// The claims when a key of the JWKS signed the token with RS256; null otherwise. Times are not judged here.
json::Value verified_claims(const std::string& token, const json::Value& jwks);
json::Value unverified_claims(const std::string& token);

struct ServerIdentity {
  std::string ca_pem;
  std::string certificate_pem;
  std::string key_pem;
};
struct ClientIdentity {
  std::string certificate_pem;
  std::string key_pem;
};
// A client certificate by that CA: CN the name, one O for each group, valid to that second of the epoch.
ClientIdentity make_client_identity(const std::string& ca_pem, const std::string& ca_key_pem, const std::string& name,
                                    const std::vector<std::string>& groups, std::int64_t not_after);

ServerIdentity make_server_identity();  // for localhost and 127.0.0.1, ten days

}  // namespace sentimark::emulator
