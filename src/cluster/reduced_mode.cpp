#include "cluster/reduced_mode.hpp"

#include "agent/agent.hpp"
#include "cluster/parcel.hpp"

namespace sentimark::cluster {
namespace {

using base::Outcome;

constexpr base::Millis k_call_reserve{120'000};  // for the pod's start and the answer's way
constexpr base::Millis k_pod_start{10'000};      // of the call that runs helm, whose own time does count

// What an agent in a pod would find about itself.
class PodEnv final : public sys::Env {
 public:
  std::optional<std::string> get(std::string_view name) const override {
    if (name == "HOSTNAME") return std::string(k_pod_mark);
    return std::nullopt;
  }
  std::vector<std::string> names() const override { return {}; }
};

// The files of the job, and the pod's own namespace. Nothing else of this machine is the agent's to see.
class PodFiles final : public sys::Files {
 public:
  explicit PodFiles(std::vector<Payload> files) : files_(std::move(files)) {
    files_.push_back({"/var/run/secrets/kubernetes.io/serviceaccount/namespace", std::string(k_namespace_mark)});
  }
  base::Result<std::string> read(const std::string& path, std::uint64_t limit) override {
    for (const Payload& file : files_) {
      if (file.name == path && file.bytes.size() <= limit) return file.bytes;
    }
    return absent(path);
  }
  base::Done write(const std::string& path, std::string_view, unsigned) override { return absent(path); }
  base::Done append(const std::string& path, std::string_view) override { return absent(path); }
  base::Result<sys::FileInfo> stat(const std::string& path) override { return absent(path); }
  base::Result<std::string> real_path(const std::string& path) override { return absent(path); }
  base::Result<std::vector<sys::FileInfo>> list(const std::string& path) override { return absent(path); }
  base::Result<std::string> make_private_dir(const std::string& path) override { return absent(path); }
  base::Result<std::string> absolute(const std::string& path) override { return path; }
  base::Done remove_tree(const std::string& path) override { return absent(path); }

 private:
  static base::Error absent(const std::string& path) {
    return base::fail(Outcome::config, path + " is not a file of the job", {}, "not-found");
  }
  std::vector<Payload> files_;
};

bool starts_upgrade(const PodBatch& batch) {
  return batch.guard && batch.commands.front().argv.size() > 1 && batch.commands.front().argv[1] == "upgrade";
}

}  // namespace

base::Result<wire::Answer> run_reduced(sys::Sys& sys, wire::Job job, const std::vector<Payload>& payloads,
                                       const RunCommand& run) {
  job.in_pod = true;
  job.reduced = true;
  const Parcel parcel = parcel_of(job, payloads);
  base::Millis on_the_way{0};
  const auto call = [&](const PodBatch& batch, base::Millis lasts) -> base::Result<std::vector<PodResult>> {
    const base::WallTime not_after = sys.clock.wall() + lasts + k_call_reserve;
    SENTIMARK_LET(
        packed, pod_call(batch, parcel.job_text, starts_upgrade(batch) ? payloads : std::vector<Payload>(), not_after));
    const base::Instant began = sys.clock.monotonic();
    auto printed = run(packed, lasts + k_call_reserve);
    on_the_way += batch.guard ? k_pod_start : sys.clock.monotonic() - began;
    if (!printed) return std::move(printed).error();
    return results_in(*printed, packed.digest);
  };
  std::vector<Payload> files = payloads;
  files.push_back({std::string(wire::k_job_file), parcel.job_text});
  PodEnv env;
  PodFiles inside(std::move(files));
  PodProcesses processes(job, call);
  sys::Sys system{sys.clock, env, inside, processes, sys.random, sys.log, sys.secrets, sys.stop};
  std::string printed;
  (void)agent::run(
      system, [&](std::string_view text) { printed += text; }, parcel.arguments());
  if (processes.trouble()) {
    base::Error error = *processes.trouble();
    if (error.kind == Outcome::interrupted || !processes.may_have_changed()) return error;
    return base::fail(Outcome::unknown, error.sentence(), error.cure, "no-answer");
  }
  SENTIMARK_LET(answer, answer_in(printed, parcel));
  answer.waited += on_the_way;  // what a pod for every question takes is no time of the rollout
  answer.pod.clear();
  answer.architecture.clear();
  return answer;
}

}  // namespace sentimark::cluster
