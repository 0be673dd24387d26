// The agent's SHA-256: OpenSSL would be ten times its size.
#include <mbedtls/sha256.h>

#include "base/encoding.hpp"
#include "digest/sha256.hpp"

namespace sentimark::digest {

struct Sha256::State {
  mbedtls_sha256_context context;
  State() {
    mbedtls_sha256_init(&context);
    mbedtls_sha256_starts(&context, 0);
  }
  ~State() { mbedtls_sha256_free(&context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  mbedtls_sha256_update(&state_->context, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

Sha256Bytes Sha256::finish() {
  Sha256Bytes bytes{};
  mbedtls_sha256_finish(&state_->context, bytes.data());
  return bytes;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  const Sha256Bytes digest = hash.finish();
  return base::to_hex(digest);
}

}  // namespace sentimark::digest
