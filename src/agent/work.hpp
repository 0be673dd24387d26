// Work: what every kind of job has at hand, and the steps that they share.
#pragma once
#include <functional>
#include <string>

#include "agent/children.hpp"
#include "agent/fence_keeper.hpp"
#include "agent/helm.hpp"
#include "agent/kubectl.hpp"
#include "kube/health.hpp"
#include "sys/sys.hpp"
#include "wire/answer.hpp"
#include "wire/job.hpp"

namespace sentimark::agent {

struct Work {
  Work(sys::Sys& system, wire::Job asked)
      : sys(system),
        job(std::move(asked)),
        children(system),
        kubectl(children, job.kubectl),
        helm(children, job),
        fence(system, kubectl, job) {}
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  sys::Sys& sys;
  const wire::Job job;
  Children children;
  Kubectl kubectl;
  Helm helm;
  FenceKeeper fence;
  kube::Sightings sightings;  // what earlier looks of this call saw: a sign that may pass is no proof at once
};

// One call for each kind of job. What went wrong before anything was changed comes back as an Error, all else as an
// Answer.
base::Result<wire::Answer> deploy(Work& work);
base::Result<wire::Answer> watch(Work& work);
base::Result<wire::Answer> rollback(Work& work);
base::Result<wire::Answer> uninstall(Work& work);
base::Result<wire::Answer> status(Work& work);
base::Result<wire::Answer> revert(Work& work);
base::Result<wire::Answer> remove(Work& work);
base::Result<wire::Answer> stop(Work& work);
base::Result<wire::Answer> health(Work& work);

// How the operation stands, told from the fence record alone.
wire::Answer recorded(const Work& work);

// Looks on while another pod of this operation works, at most job.watch_for, then tells how it stands.
base::Result<wire::Answer> follow(Work& work);

// What a job tells whose claim did not win the fence.
base::Result<wire::Answer> without_holding(Work& work, ClaimResult claim);

// After the fence is held, every way out leaves a state in it that tells the truth: failed, with the error as cause.
base::Error give_up(Work& work, base::Error error);

// The code of the error with which a child of a reduced job is refused whose guard was not won: it was never started.
inline constexpr std::string_view k_lost = "lost";

// A helm child that changes the cluster, with the fence kept alive beside it. In a reduced job its standard input is
// the fence object that has to be replaced before it may start.
struct HelmRun {
  Finished finished;
  bool stopped = false;  // told to stop: helm was ended, or not started
  bool lost = false;     // the fence went to somebody else: helm was ended
};
// The answer with what this helm printed, how it ended and, where it is known, its version.
wire::Answer with_helm(wire::Answer answer, const HelmRun& run, const std::string& version = {});

base::Result<HelmRun> run_helm(Work& work, std::vector<std::string> argv);

// A pending revision is a lock that helm never takes off when it is killed. Ours is free at once: the try that made it
// has been proved dead, or has written that it was stopped. Anybody else's only when it has stood still for longer than
// any helm would take. Error: refused with code "pending". Precondition: the fence is held.
base::Done no_other_helm(const Work& work, const HelmRevision& pending);

// Sets it to failed, when it is free. Errors: those of no_other_helm and mark_failed.
base::Done clear_pending(Work& work, const HelmRevision& pending);

// The history once helm has ended: what it made is known by that alone, so a call that fails is made again.
base::Result<std::vector<HelmRevision>> history_after_helm(Work& work);

// Whether a helm of ours was ended in the middle (killed, out of memory, out of time): it failed, and what it left is
// still under way in helm's own eyes, or nobody knows.
bool left_half_way(const HelmRun& run, const base::Result<std::vector<HelmRevision>>& after);

// The last lines of what helm printed, fit for an answer, and its last line as a cause.
std::string told_by(const Finished& finished);
std::string cause_of(const Finished& finished);

// The live objects of a manifest, and of their namespaces all that explains them.
struct View {
  kube::Snapshot snapshot;           // remembers in work.sightings
  std::vector<std::string> missing;  // kubectl's own words, one for each object that does not exist
};
// `with_services`: every Service of the namespace too, so that one that something leads to can be missing.
base::Result<View> view_of(Work& work, const std::string& manifest, bool with_services = false);

struct Sight {
  kube::Judgement judgement;
  std::string manifest_sha256;
};
// One look at the objects of a revision and at all that explains them.
base::Result<Sight> look(Work& work, std::int64_t revision);

// Watches a rollout whose record waits for its verdict (watching, or undoing without a holder) until it is decided or
// job.watch_for has passed. The verdict stands in the fence before it is answered.
wire::Answer settle(Work& work);

// Writes a state and what belongs to it, reading again when another write came between. False when the record went to
// another try or operation, or no longer stands as it did when the change was decided.
base::Result<bool> store(Work& work, const std::function<void(wire::FenceRecord&)>& change);

}  // namespace sentimark::agent
