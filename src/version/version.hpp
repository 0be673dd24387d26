// Version: which build this is, and of what. Every program prints it for --version.
#pragma once
#include <span>
#include <string_view>

namespace sentimark::version {

struct Dependency {
  std::string_view name;     // as in deps.lock
  std::string_view version;  // as in deps.lock
};

std::string_view version();  // the product's, "X.Y.Z"
std::string_view commit();   // 40 hex digits, with "-dirty" when the tree was modified; "unknown" outside git
std::span<const Dependency> dependencies();  // what is linked in, in the order of deps.lock

}  // namespace sentimark::version
