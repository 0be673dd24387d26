// KubectlModel: the few calls of kubectl that the agent makes, with kubectl's own words where the agent reads them.
#pragma once
#include "sim/api_server.hpp"
#include "sim/child.hpp"
#include "sim/faults.hpp"

namespace sentimark::sim {

// What kubectl prints for one call, done at once. Public for the conformance test.
struct Said {
  int exit_code = 0;
  std::string out;
  std::string err;
};
Said kubectl_call(ApiServer& api, const std::vector<std::string>& argv, const std::string& input,
                  const std::string& owner);

// The same as a process that takes its time and may fail on the way.
void start_kubectl(World& world, ApiServer& api, const Weather& weather, const ChildPtr& child);

}  // namespace sentimark::sim
