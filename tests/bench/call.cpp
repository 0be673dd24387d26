// bench-call: what one call of a deploy costs by itself: the program's own inputs, chart, package, merged values and
// context, an id-token, an Entra token, GET of the cluster, POST runCommand, GET of the result. Takes the inputs of
// helm-private-deploy. The emulator's --instant runs nothing, so the call ends with no answer of an agent: that end is
// success here, and every other is not.
#include "azure/entra.hpp"
#include "cluster/run_command_door.hpp"
#include "helm_private_deploy/plan.hpp"
#include "helm_private_deploy/program.hpp"
#include "net/curl_http.hpp"
#include "runner/console.hpp"
#include "runner/id_token.hpp"
#include "runner/run_program.hpp"
#include "version/version.hpp"

using namespace sentimark;

namespace {

base::Result<runner::Ending> one_call(sys::Sys& sys, sys::Http& http, const runner::Inputs& given) {
  SENTIMARK_LET(inputs, helm_private_deploy::parse_inputs(given));
  azure::Entra entra(sys, http, inputs.cloud.authority, inputs.tenant, inputs.client, [&](base::Instant deadline) {
    return runner::id_token(sys, http, inputs.cloud.oidc_audience, deadline);
  });
  azure::Arm arm(sys, http, entra, inputs.cloud.resource_manager, inputs.cloud.scope, inputs.cluster,
                 inputs.api_version);
  cluster::RunCommandDoor door(sys, arm, entra);
  SENTIMARK_LET(plan, helm_private_deploy::make_plan(sys, inputs, door.cluster_id()));
  const base::Instant deadline = sys.clock.monotonic() + inputs.timeout;
  SENTIMARK_TRY(door.open(deadline));
  const auto answer = door.run(helm_private_deploy::job_of(plan, 1, std::string(32, '0')),
                               helm_private_deploy::payloads_of(plan), deadline);
  if (answer) return base::fail(base::Outcome::invalid, "an agent answered: this is no --instant emulator");
  if (answer.error().code != "no-answer") return answer.error();
  return runner::Ending{};
}

}  // namespace

int main(int argc, char** argv) {
  runner::Console console(helm_private_deploy::program());
  net::CurlHttp http(console.clock(), {net::find_trust(console.sys().env, console.sys().files),
                                       "sentimark/" + std::string(version::version()), console.wake_descriptor()});
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return runner::run_program(console.sys(), helm_private_deploy::program(), arguments, console.out(),
                             [&](const runner::Inputs& inputs) { return one_call(console.sys(), http, inputs); });
}
