#include "kube/pod_security_rules.hpp"

namespace sentimark::kube {
namespace {

template <typename Words>
std::string join_quoted(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "\"" : ", \"") + word + "\"";
  return text;
}

}  // namespace

std::string quoted(const std::vector<std::string>& words) { return join_quoted(words); }
std::string quoted(const std::set<std::string>& words) { return join_quoted(words); }

std::string_view plural(std::string_view one, std::string_view many, std::size_t count) {
  return count == 1 ? one : many;
}

std::string named_containers(const std::vector<std::string>& names) {
  return std::string(plural("container", "containers", names.size())) + " " + quoted(names);
}

std::string setters(bool pod, const std::vector<std::string>& containers) {
  if (containers.empty()) return pod ? "pod" : std::string();
  return (pod ? "pod and " : "") + named_containers(containers);
}

}  // namespace sentimark::kube
