#include "helm_private_deploy/print_az.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "cluster/command_call.hpp"

namespace sentimark::helm_private_deploy {
namespace {

constexpr base::Millis k_holds_for{3'600'000};

}  // namespace

std::string shell_word(const std::string& text) { return "'" + base::replace_all(text, "'", "'\\''") + "'"; }

base::Result<runner::Ending> print_az(sys::Sys& sys, const Plan& plan) {
  if (plan.inputs.transport == Transport::local)
    return base::fail(base::Outcome::usage, "--print-az has nothing to print for transport: local",
                      "leave out one of the two");
  wire::Job job = job_of(plan, 1, plan.operation);
  job.in_pod = true;
  job.not_after = sys.clock.wall() + k_holds_for;
  const std::vector<cluster::Payload> payloads = payloads_of(plan);
  SENTIMARK_LET(call, cluster::command_call(std::move(job), payloads, {}));
  SENTIMARK_LET(files, cluster::files_of(call, payloads, {}));
  SENTIMARK_LET(folder, sys.files.make_private_dir(sys.env.get_or("RUNNER_TEMP", sys.env.get_or("TMPDIR", "/tmp"))));
  std::string line = "az aks command invoke --subscription " + shell_word(plan.inputs.cluster.subscription) +
                     " --resource-group " + shell_word(plan.inputs.cluster.resource_group) + " --name " +
                     shell_word(plan.inputs.cluster.name) + " --command " + shell_word(call.command);
  for (const pack::Entry& file : files) {
    SENTIMARK_TRY(sys.files.write(folder + "/" + file.path, file.bytes, file.executable ? 0700 : 0600));
    line += " --file " + shell_word(folder + "/" + file.path);
  }
  runner::Ending ending;
  ending.text = line + "\n";
  ending.data = json::Object{{"az", line}, {"folder", folder}};
  ending.outputs.emplace_back("operation-id", plan.operation);
  sys.log.info("its files stand in " + folder +
               ", the merged values and a registry's credentials among them: remove it when you are done");
  sys.log.info("the call does nothing after " + base::to_rfc3339(sys.clock.wall() + k_holds_for));
  return ending;
}

}  // namespace sentimark::helm_private_deploy
