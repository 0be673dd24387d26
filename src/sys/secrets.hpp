// Secrets: the only maker of base::Secret, and the redactor that knows every one of them.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"

namespace sentimark::sys {

class Secrets {
 public:
  // `announce` is called once per line of every new secret; on a runner it prints add-mask, before anything else can
  // leak.
  explicit Secrets(std::function<void(std::string_view line)> announce = {}) : announce_(std::move(announce)) {}

  base::Secret make(std::string clear_text);

  // Replaces each known secret, and its base64 and URL-escaped forms, by ***. Texts under 4 bytes are not searched for.
  std::string redact(std::string_view text) const;

 private:
  void learn(std::string form);
  std::function<void(std::string_view)> announce_;
  std::vector<std::string> forms_;  // longest first, so that a form inside another never leaves a tail behind
};

}  // namespace sentimark::sys
