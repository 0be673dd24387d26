// What the client may do where: role assignments as Azure judges them. Pure.
#pragma once
#include <string>
#include <vector>

#include "emulator/message.hpp"

namespace sentimark::emulator {

struct RoleAssignment {
  std::string scope;  // a resource id; "/" or empty: everywhere
  std::vector<std::string> actions;
  std::vector<std::string> not_actions;
};

// An assignment counts at its scope and below, whatever the case; "*" in an action stands for any text.
bool is_allowed(const std::vector<RoleAssignment>& assignments, const std::string& action, const std::string& scope);

// ARM's 403, which names client, object id, action and scope.
Reply authorization_failed(const std::string& client, const std::string& object_id, const std::string& action,
                           const std::string& scope);

}  // namespace sentimark::emulator
