#include <openssl/evp.h>

#include "base/encoding.hpp"
#include "digest/sha256.hpp"

namespace sentimark::digest {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) { EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()); }

Sha256Bytes Sha256::finish() {
  Sha256Bytes bytes{};
  EVP_DigestFinal_ex(state_->context, bytes.data(), nullptr);
  return bytes;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  const Sha256Bytes digest = hash.finish();
  return base::to_hex(digest);
}

}  // namespace sentimark::digest
