// HelmModel: helm 3 and 4 as far as the agent can tell them apart from the real ones: history, pending states,
// manifest, upgrade, rollback, uninstall, one write after the other, so that a helm that is killed leaves what the real
// one does.
#pragma once
#include "sim/api_server.hpp"
#include "sim/child.hpp"
#include "sim/faults.hpp"
#include "sim/kubectl_model.hpp"

namespace sentimark::sim {

struct HelmCall {
  std::string verb;         // "upgrade", "rollback", "uninstall", or a question
  std::int64_t target = 0;  // of a rollback
};
HelmCall helm_call(const std::vector<std::string>& argv);

// Content of a chart from the values that the simulated chart was given; fate "refused" when they make no sense.
Content content_in(const std::string& values_text);

// What helm answers to a question: version, history, get manifest.
Said helm_question(const ReleaseModel& release, const std::string& version, const std::vector<std::string>& argv);

// A helm process. `values` is the text of its values file. A mutation tells `on_gone` of the child when it ends.
void start_helm(World& world, ReleaseModel& release, const Weather& weather, const std::string& version,
                const ChildPtr& child, const std::string& values);

}  // namespace sentimark::sim
