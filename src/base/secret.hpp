// Secret: a string that cannot be printed, compared or converted by accident.
#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace sentimark::sys {
class Secrets;
}

namespace sentimark::base {

class Secret {
 public:
  Secret() = default;

  // The clear text, for the one call that must send it. Never log, format or store the result.
  std::string_view reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  // Only the registry makes one, so that no secret exists which the redactor does not know.
  friend class ::sentimark::sys::Secrets;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace sentimark::base
