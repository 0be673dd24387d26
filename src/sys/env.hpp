// Env: the process environment, read only.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentimark::sys {

class Env {
 public:
  virtual ~Env() = default;
  virtual std::optional<std::string> get(std::string_view name) const = 0;
  virtual std::vector<std::string> names() const = 0;

  // Unset and empty look the same to an Actions step, so they do here.
  std::string get_or(std::string_view name, std::string_view fallback) const {
    std::optional<std::string> value = get(name);
    return value && !value->empty() ? *value : std::string(fallback);
  }
};

}  // namespace sentimark::sys
