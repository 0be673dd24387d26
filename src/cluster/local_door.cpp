#include "cluster/local_door.hpp"

#include <algorithm>

#include "agent/agent.hpp"
#include "cluster/folder_sys.hpp"
#include "cluster/parcel.hpp"

namespace sentimark::cluster {
namespace {

using base::Outcome;

// The agent works in a folder of its own: what the user named is named from where the user stands.
base::Result<std::string> absolute(sys::Files& files, const std::string& path) {
  return path.empty() ? path : files.absolute(path);
}

// A bare name is looked for on PATH.
base::Result<std::string> absolute_program(sys::Files& files, const std::string& path) {
  return path.find('/') == std::string::npos ? path : files.absolute(path);
}

}  // namespace

base::Done LocalDoor::open(base::Instant) {
  if (kubeconfig_.empty()) return {};
  const auto found = sys_.files.stat(kubeconfig_);
  if (found) return {};
  return base::fail(Outcome::usage, "input kubeconfig names a file that is not there: " + kubeconfig_,
                    "let an earlier step of this job write it");
}

base::Result<wire::Answer> LocalDoor::run(wire::Job job, const std::vector<Payload>& payloads, base::Instant deadline) {
  job.in_pod = false;
  SENTIMARK_LET(helm, absolute_program(sys_.files, job.helm));
  SENTIMARK_LET(kubectl, absolute_program(sys_.files, job.kubectl));
  job.helm = std::move(helm);
  job.kubectl = std::move(kubectl);
  std::string config = kubeconfig_.empty() ? sys_.env.get_or("KUBECONFIG", "") : kubeconfig_;
  if (config.find(':') == std::string::npos) {  // several files in one KUBECONFIG are kubectl's own matter
    SENTIMARK_LET(file, absolute(sys_.files, config));
    config = std::move(file);
  }
  job.not_after = sys_.clock.wall() + std::max(base::Millis{1'000}, deadline - sys_.clock.monotonic());
  const Parcel parcel = parcel_of(std::move(job), payloads);
  SENTIMARK_LET(folder, sys_.files.make_private_dir(sys_.env.get_or("RUNNER_TEMP", sys_.env.get_or("TMPDIR", "/tmp"))));
  base::Done written = sys_.files.write(folder + "/" + std::string(wire::k_job_file), parcel.job_text, 0600);
  for (const Payload& payload : payloads) {
    if (written) written = sys_.files.write(folder + "/" + payload.name, payload.bytes, 0600);
  }
  std::string printed;
  if (written) {
    ++costs_.calls;
    std::map<std::string, std::string> own;
    if (!config.empty()) own["KUBECONFIG"] = config;
    FolderEnv env(sys_.env, std::move(own));
    FolderFiles files(sys_.files, folder);
    FolderProcesses processes(sys_.processes, folder);
    sys::Sys inside{sys_.clock, env, files, processes, sys_.random, sys_.log, sys_.secrets, sys_.stop};
    (void)agent::run(
        inside, [&](std::string_view text) { printed += text; }, parcel.arguments());
    for (const Payload& payload : payloads) costs_.bytes += payload.bytes.size();
  }
  const base::Done removed = sys_.files.remove_tree(folder);
  if (!removed) sys_.log.warning("the job's folder could not be removed: " + removed.error().sentence());
  SENTIMARK_TRY(std::move(written));
  return answer_in(printed, parcel);
}

}  // namespace sentimark::cluster
