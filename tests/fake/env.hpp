// FakeEnv: an environment that holds exactly what the test says.
#pragma once
#include <initializer_list>
#include <map>

#include "sys/env.hpp"

namespace sentimark::fake {

class FakeEnv final : public sys::Env {
 public:
  FakeEnv() = default;
  FakeEnv(std::initializer_list<std::pair<const std::string, std::string>> entries) : values(entries) {}

  std::optional<std::string> get(std::string_view name) const override {
    const auto found = values.find(std::string(name));
    if (found == values.end()) return std::nullopt;
    return found->second;
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (const auto& [name, value] : values) all.push_back(name);
    return all;
  }

  std::map<std::string, std::string> values;
};

}  // namespace sentimark::fake
