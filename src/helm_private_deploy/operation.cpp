#include "helm_private_deploy/operation.hpp"

#include "digest/sha256.hpp"

namespace sentimark::helm_private_deploy {
namespace {

constexpr std::size_t k_digits = 32;

}  // namespace

std::string operation_of(const sys::Env& env, const std::vector<std::string>& parts) {
  // Fields are separated by a byte that none can hold.
  std::string text;
  for (const char* name : {"GITHUB_REPOSITORY_ID", "GITHUB_RUN_ID", "GITHUB_JOB"}) {
    text += env.get_or(name, "");
    text.push_back('\0');
  }
  for (const std::string& part : parts) {
    text += part;
    text.push_back('\0');
  }
  return digest::sha256_hex(text).substr(0, k_digits);
}

}  // namespace sentimark::helm_private_deploy
