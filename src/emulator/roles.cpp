#include "emulator/roles.hpp"

#include "base/text.hpp"

namespace sentimark::emulator {
namespace {

// Greedy with one step back, as for file names.
bool matches(const std::string& pattern, const std::string& text) {
  std::size_t p = 0, t = 0, star = std::string::npos, from = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      from = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string::npos) {
      p = star + 1;
      t = ++from;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string::npos;
}

bool any_matches(const std::vector<std::string>& patterns, const std::string& action) {
  for (const std::string& pattern : patterns)
    if (matches(base::to_lower(pattern), base::to_lower(action))) return true;
  return false;
}

bool covers(std::string assigned, std::string scope) {
  assigned = base::to_lower(assigned);
  scope = base::to_lower(scope) + "/";
  while (!assigned.empty() && assigned.back() == '/') assigned.pop_back();
  return scope.rfind(assigned + "/", 0) == 0;
}

}  // namespace

bool is_allowed(const std::vector<RoleAssignment>& assignments, const std::string& action, const std::string& scope) {
  for (const RoleAssignment& role : assignments)
    if (covers(role.scope, scope) && any_matches(role.actions, action) && !any_matches(role.not_actions, action))
      return true;
  return false;
}

Reply authorization_failed(const std::string& client, const std::string& object_id, const std::string& action,
                           const std::string& scope) {
  return arm_error(403, "AuthorizationFailed",
                   "The client '" + client + "' with object id '" + object_id +
                       "' does not have authorization to perform action '" + action + "' over scope '" + scope +
                       "' or the scope is invalid. If access was recently granted, please refresh your credentials.");
}

}  // namespace sentimark::emulator
