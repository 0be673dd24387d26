// SHA-256, of bytes at hand or as they come.
#pragma once
#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace sentimark::digest {

using Sha256Bytes = std::array<unsigned char, 32>;

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void update(std::string_view bytes);
  Sha256Bytes finish();  // once; the object is spent after it

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);  // 64 lower-case digits

}  // namespace sentimark::digest
