#include "helm_private_deploy/cancel.hpp"

#include "cluster/answers.hpp"

namespace sentimark::helm_private_deploy {
namespace {

using base::Outcome;

// The runner sends SIGTERM 7.5 s after SIGINT and kills 2.5 s after that (docs of GitHub: workflow cancellation).
constexpr base::Millis k_after_interrupt{6'500};
constexpr base::Millis k_after_terminate{1'800};

std::string told_by(const base::Result<wire::Answer>& answer) {
  if (!answer) {
    return answer.error().code == "no-answer" ? "the cluster was told to end it, and does so"
                                              : "the cluster was told to end it, and Azure has not said that it heard";
  }
  if (answer->verdict == wire::Verdict::running) return "the cluster was told to end it, and helm is being ended";
  if (answer->verdict == wire::Verdict::interrupted) return "it was ended, and the cluster's record says so";
  return "the cluster was told to end it, and its record says " + std::string(wire::word_of(answer->verdict));
}

}  // namespace

base::Error end_in_cluster(sys::Sys& sys, cluster::Door& door, OnCancel way, wire::Job last, base::Error detached) {
  if (way == OnCancel::detach || door.costs().calls == 0) return detached;
  const bool gently = sys.stop.acknowledge() != sys::StopKind::terminate;
  const base::Millis patience = gently ? k_after_interrupt : k_after_terminate;
  sys.log.info("told to stop: ending operation " + last.operation + " in the cluster");
  last.kind = wire::JobKind::stop;
  last.files.clear();
  last.watch_for = patience;
  const auto answer = door.run(last, {}, sys.clock.monotonic() + patience);
  const bool told = answer ? answer->verdict != wire::Verdict::refused
                           : cluster::is_lost(answer.error()) || answer.error().code == "detached";
  const std::string of = " (operation " + last.operation + ")";
  if (told)
    return base::fail(Outcome::interrupted, "told to stop: " + told_by(answer) + of,
                      "run the same job again: it begins the next try", "stopped");
  return base::fail(Outcome::interrupted,
                    "told to stop, and the cluster could not be told to: " +
                        (answer ? answer->cause : answer.error().sentence()) + of,
                    detached.cure, detached.code);
}

}  // namespace sentimark::helm_private_deploy
