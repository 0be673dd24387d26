#include "helm_private_deploy/deploy.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "cluster/answers.hpp"
#include "helm_private_deploy/cancel.hpp"
#include "helm_private_deploy/told.hpp"

namespace sentimark::helm_private_deploy {
namespace {

using base::Outcome;
using cluster::error_in;
using cluster::is_lost;
using cluster::is_under_way;
using cluster::k_call_reserve;
using cluster::k_look_again;
using cluster::k_tries;
using cluster::k_unknown_looks;
using wire::Answer;
using wire::JobKind;
using wire::Verdict;

constexpr std::array<base::Millis, 4> k_looks{base::Millis{30'000}, base::Millis{15'000}, base::Millis{30'000},
                                              base::Millis{60'000}};
constexpr base::Millis k_shortest_helm{1'000};  // that a job may give it
constexpr int k_most_troubles = 3;              // of one try's pods with the cluster, before they are told

class Deploy {
 public:
  Deploy(sys::Sys& sys, cluster::Door& door, const Plan& plan)
      : sys_(sys),
        door_(door),
        plan_(plan),
        payloads_(payloads_of(plan)),
        caller_(sys::random_id(sys.random)),
        began_(sys.clock.monotonic()),
        budgets_(plan.inputs.budgets) {}

  // A deploy job of which nobody knows what became may still begin: then no failure is the last word.
  base::Result<Report> run() {
    auto done = try_all();
    if (!done && done.error().kind == Outcome::interrupted)
      return end_in_cluster(sys_, door_, plan_.inputs.on_cancel, job_to_come(), std::move(done).error());
    if (lost_try_ == 0 || (done && done->outcome == Outcome::ok)) return done;
    if (done) {
      return base::fail(Outcome::unknown, "a call of this run may still begin its next try: " + done->cause,
                        "run the same job again: it finds out from the cluster and never runs helm twice", "ambiguous");
    }
    base::Error error = std::move(done).error();
    if (error.kind != Outcome::timeout) error.kind = Outcome::unknown;
    return error;
  }

 private:
  base::Result<Report> try_all() {
    SENTIMARK_TRY(door_.open(began_ + budgets_.transfer));
    spent_.transfer = sys_.clock.monotonic() - began_;
    for (std::int64_t tries = 0; tries < k_tries; ++tries) {
      SENTIMARK_LET(answer, settle(JobKind::deploy, {}));
      if (answer.verdict == Verdict::healthy) return report(Outcome::ok, answer, {});
      if (answer.verdict == Verdict::refused) return error_in(answer);
      if (answer.verdict == Verdict::left) {
        SENTIMARK_TRY(catch_up(answer));
        continue;
      }
      const bool stopped = answer.verdict == Verdict::interrupted;
      if (stopped && sys_.stop.requested()) return interrupted("helm was stopped and the cluster's record says so");
      if (answer.verdict == Verdict::running) return undo(answer);  // out of time, whoever began it
      // An earlier run's failure, or a command pod that was told to go: the next try.
      if (answer.caller != caller_ || stopped) {
        sys_.log.info("try " + std::to_string(answer.attempt) + " of this operation ended: " + word_and_cause(answer));
        attempt_ = std::max(attempt_, answer.attempt) + 1;
        continue;
      }
      return undo(with_cure(std::move(answer)));
    }
    return base::fail(Outcome::refused, "this operation has been tried " + std::to_string(k_tries) + " times",
                      "look at what changes the release beside this job");
  }

  static std::string word_and_cause(const Answer& answer) {
    return std::string(wire::word_of(answer.verdict)) + (answer.cause.empty() ? "" : ", " + answer.cause);
  }

  Report report(Outcome outcome, const Answer& last, const Answer& failed) const {
    Report made;
    made.outcome = outcome;
    made.cause = failed.cause;
    made.cure = failed.cure;
    made.last = last;
    made.failed = failed;
    made.took = elapsed();
    made.spent = spent_;
    made.costs = door_.costs();
    return made;
  }

  base::Error interrupted(const std::string& state) const {
    return base::fail(Outcome::interrupted, "told to stop: " + state + " (operation " + plan_.operation + ")",
                      "run the same job again: it goes on where this one left", "detached");
  }

  // A newer try of this operation stands in the record, or stood there before another operation came: an old workflow
  // run that is run again begins its next try. Not so when a call of ours was lost on the way: it may be what was
  // superseded.
  base::Done catch_up(const Answer& left) {
    // A try that was told to stop before it began is over as well.
    const bool begun = left.operation == plan_.operation && left.attempt >= attempt_;
    std::int64_t known = begun ? left.attempt : left.earlier_try + 1;
    // Another operation, and no word of this try: the clocks of two machines were against us, or it took the fence
    // while our pod looked on. The next try comes after what we were told of; if it is refused, the record says so.
    if (left.operation != plan_.operation) known = std::max(known, attempt_ + 1);
    if (known > attempt_ && !ever_lost_) {
      attempt_ = known;
      return {};
    }
    return base::fail(Outcome::refused, left.cause,
                      left.run_url.empty() ? "look at the other run" : "look at " + left.run_url);
  }

  // Of this try, and later than all that this run was told of.
  wire::Job job_to_come() const {
    wire::Job job = job_of(plan_, attempt_, caller_);
    job.order = std::max(sys_.clock.wall().since_epoch.count(), order_told_ + 1);
    return job;
  }

  base::Result<Answer> call(JobKind kind, base::Millis watch_for, const std::string& cause) {
    wire::Job job = job_to_come();
    job.kind = kind;
    job.watch_for = watch_for;
    job.cause = cause;
    const bool mutates = kind != JobKind::watch;
    const bool undoes = mutates && kind != JobKind::deploy;
    if (undoes && have_evidence_) job.gather_for = base::Millis{0};
    job.helm_timeout = undoes ? budgets_.rollback : std::max(upgrade_allowed(budgets_, elapsed()), k_shortest_helm);
    const base::Millis longest =
        k_call_reserve + job.gather_for + watch_for + (mutates ? job.helm_timeout : base::Millis{0});
    const base::Instant began = sys_.clock.monotonic();
    const base::Millis ahead = door_.costs().transfer;
    auto answer = door_.run(std::move(job), kind == JobKind::deploy ? payloads_ : std::vector<cluster::Payload>(),
                            sys_.clock.monotonic() + longest);
    const base::Millis sent_ahead = door_.costs().transfer - ahead;
    spent_.transfer += sent_ahead;
    add_call(spent_, answer ? *answer : Answer(), kind, undoes || undoing_,
             sys_.clock.monotonic() - began - sent_ahead);
    if (!answer && is_lost(answer.error())) {
      if (kind == JobKind::deploy) lost_try_ = attempt_;
      lost_undo_ = lost_undo_ || (mutates && kind != JobKind::deploy);
    }
    if (answer) order_told_ = std::max(order_told_, answer->order);
    if (answer && answer->verdict != Verdict::refused) {
      const bool ours = answer->operation == plan_.operation;
      if ((ours ? answer->attempt : answer->earlier_try) >= lost_try_) lost_try_ = 0;
    }
    return answer;
  }

  // One job and, where nobody knows what became of it, looks at the fence until somebody does. A job that never arrived
  // is sent again; one that did, is not: and even then its pod would find the fence held. So it is with a job whose pod
  // had trouble of its own, a few times.
  base::Result<Answer> ask(JobKind kind, base::Millis watch_for, const std::string& cause) {
    int troubles = 0;
    const auto send = [&] {
      auto sent = call(kind, watch_for, cause);
      const bool lost = !sent && is_lost(sent.error());
      const bool trouble = sent && kind != JobKind::watch && door_.outlives_us() && had_trouble(*sent);
      if (trouble) ++troubles;
      lost_undo_ = lost_undo_ || (trouble && kind != JobKind::deploy);  // another pod of that POST may have none
      lost_ = lost_ || lost || trouble;
      ever_lost_ = ever_lost_ || lost;
      return std::pair(std::move(sent), lost || (trouble && troubles < k_most_troubles));
    };
    auto [answer, open] = send();
    bool first = true;
    for (int looks = k_unknown_looks; open && looks > 0; --looks, first = false) {
      sys_.log.info((answer ? answer->cause : answer.error().sentence()) + "; looking at the cluster's record");
      if (!first && !sys_.clock.sleep_until(sys_.clock.monotonic() + k_look_again, sys_.stop))
        return interrupted("what became of the last call is not known");
      auto seen = call(JobKind::watch, k_looks[1], {});
      if (!seen && !is_lost(seen.error())) return seen;
      if (!seen) continue;
      // An agent that could not look knows no more than we do.
      if (seen->verdict == Verdict::refused && !seen->kind.empty()) continue;
      const bool arrived = kind == JobKind::deploy ? !knows_nothing(*seen, plan_.operation, attempt_)
                                                   : kind == JobKind::watch || !stands_as_failed(*seen);
      if (arrived) return answer && failed_unchanged(*seen) ? answer : seen;
      sys_.log.info("the cluster knows nothing of it: sending it again");
      std::tie(answer, open) = send();
      if (answer) looks = k_unknown_looks;  // its pod had trouble: that has to be looked into as well
    }
    if (answer || !is_lost(answer.error())) return std::move(answer);
    base::Error unknown = std::move(answer).error();
    unknown.kind = Outcome::unknown;
    return unknown;
  }

  // The record holds what the agent told already, in fewer words.
  bool failed_unchanged(const Answer& seen) const {
    return seen.operation == plan_.operation && seen.attempt == attempt_ && seen.verdict == Verdict::helm_failed &&
           seen.revision == 0;
  }

  // This try stands as it failed: the job that was to undo it has not begun. One that has is told as running, or has
  // made another revision.
  bool stands_as_failed(const Answer& seen) const {
    return seen.operation == plan_.operation && seen.attempt == attempt_ && seen.revision == failed_revision_ &&
           (seen.verdict == Verdict::doomed || seen.verdict == Verdict::progressing ||
            seen.verdict == Verdict::helm_failed || seen.verdict == Verdict::interrupted);
  }

  // A job of this kind and looks after it, until the answer is a verdict. `until`: the deadline of becoming healthy.
  base::Result<Answer> settle(JobKind kind, const std::string& cause) {
    base::Millis allowed = allowed_for(kind);
    if (allowed < k_shortest_helm) return nothing_left(budgets_);
    base::Instant until = sys_.clock.monotonic() + allowed;
    lost_ = false;
    bool verifying = kind != JobKind::deploy || budgets_.verify.count() == 0;
    SENTIMARK_LET(answer, ask(kind, std::min(k_looks[0], verifying ? allowed : budgets_.verify), cause));
    until = until + answer.waited + answer.gathered;
    int running = 0;
    for (std::size_t look = 1; is_under_way(answer); ++look) {
      tell(answer);
      if (cluster::is_out_of_sight(answer)) return out_of_sight(answer);
      const bool looked_into = attempt_ > answer.attempt;  // by the pod of a newer try, which told this
      // A rollout that an earlier try began is joined: only under its own try does a look come to a verdict.
      if (answer.operation == plan_.operation) attempt_ = answer.attempt;
      const base::Instant now = sys_.clock.monotonic();
      if (sys_.stop.requested()) return interrupted("the rollout goes on in the cluster");
      if (!verifying && answer.verdict == Verdict::progressing) {
        verifying = true;
        allowed = verify_allowed(budgets_, elapsed());
        until = now + std::max(allowed - answer.looked, base::Millis{0});
      }
      if (now >= until) return out_of_time(std::move(answer), allowed);
      running = answer.verdict == Verdict::running ? running + 1 : 0;
      // Whoever began this try may be dead: a run that joins it has that looked into at once.
      if (running == 1 && kind == JobKind::deploy && answer.caller != caller_ && !looked_into) lost_ = true;
      if (running > 0 && lost_) {
        // Its pod is lost or will be found alive: only an agent with a newer try may prove it, and takes over if so.
        if (kind == JobKind::deploy) attempt_ = std::max(attempt_, answer.attempt) + 1;
        lost_ = false;
        const bool joined = answer.caller != caller_;
        SENTIMARK_LET(proved, ask(kind, k_looks[1], cause));
        answer = std::move(proved);
        if (joined && answer.caller == caller_)
          until = sys_.clock.monotonic() + allowed_for(kind);  // ours from here on
        continue;
      }
      if (running == 3) lost_ = true;
      const base::Millis span = std::min(k_looks[std::min(look, k_looks.size() - 1)], until - now);
      SENTIMARK_LET(seen, ask(JobKind::watch, span, {}));
      answer = std::move(seen);
    }
    return answer;
  }

  // Not healthy in time is a failure like any other, with what was missing as its cause.
  Answer out_of_time(Answer answer, base::Millis allowed) const {
    if (answer.verdict == Verdict::running) return answer;
    answer.verdict = Verdict::doomed;
    answer.caller = caller_;  // whoever began it: this verdict is ours, and the record does not hold it yet
    answer.cause =
        "not healthy within " + base::human_duration(allowed) + (answer.cause.empty() ? "" : ": " + answer.cause);
    return answer;
  }

  base::Millis elapsed() const { return sys_.clock.monotonic() - began_; }

  base::Millis allowed_for(JobKind kind) const {
    return kind == JobKind::deploy ? upgrade_allowed(budgets_, elapsed()) : budgets_.rollback;
  }

  base::Error out_of_sight(const Answer& answer) const {
    return error_in(answer).within("revision " + std::to_string(answer.revision) +
                                   " is rolling out and cannot be seen");
  }

  void tell(const Answer& answer) const {
    std::string text = base::human_duration(elapsed()) + "  ";
    text += answer.verdict == Verdict::running ? "helm is at work"
                                               : "revision " + std::to_string(answer.revision) + " is rolling out";
    if (!answer.cause.empty()) text += ": " + answer.cause;
    sys_.log.info(text);
  }

  base::Result<Report> undo(const Answer& failed) {
    if (failed.verdict == Verdict::running) {
      return base::fail(Outcome::timeout,
                        "helm is still at work in the cluster after " + base::human_duration(elapsed()) +
                            " (operation " + plan_.operation + ")",
                        "run the same job again: it goes on where this one left");
    }
    if (failed.verdict == Verdict::rolled_back) return report(Outcome::rolled_back, failed, failed);
    if (failed.verdict == Verdict::uninstalled) return report(Outcome::uninstalled, failed, failed);
    if (failed.verdict == Verdict::rollback_failed) return report(Outcome::rollback_failed, failed, failed);
    if (failed.verdict == Verdict::helm_failed && failed.revision == 0)
      return base::fail(kind_of_helm_failure(failed.cause), "helm: " + failed.cause, failed.cure)
          .within("deploying release " + plan_.inputs.release);
    sys_.log.info("revision " + std::to_string(failed.revision) + " failed: " + failed.cause);
    const bool first = failed.good_revision == 0 && failed.revision <= 1;
    const OnFailure way = plan_.inputs.on_failure;
    if (way == OnFailure::keep) return report(Outcome::kept, failed, failed);
    if (way == OnFailure::uninstall_if_first && first) return undone(JobKind::uninstall, failed);
    if (failed.good_revision == 0) {
      Report kept = report(Outcome::kept, failed, failed);
      kept.cause += "; there is no verified earlier revision to go back to";
      return kept;
    }
    sys_.log.info("going back to revision " + std::to_string(failed.good_revision));
    return undone(JobKind::rollback, failed);
  }

  base::Result<Report> undone(JobKind kind, Answer failed) {
    undoing_ = true;
    failed_revision_ = failed.revision;
    have_evidence_ = !failed.evidence.empty();
    auto answer = settle(kind, failed.cause);
    if (answer && !answer->evidence.empty()) failed.evidence = std::move(answer->evidence);
    if (!answer) {
      if (answer.error().kind == Outcome::interrupted || answer.error().kind == Outcome::unknown)
        return std::move(answer).error();
      Report broken = report(Outcome::rollback_failed, failed, failed);
      broken.cause += "; going back failed as well: " + answer.error().sentence();
      broken.cure = answer.error().cure;
      return broken;
    }
    const bool ended = answer->verdict == Verdict::rolled_back || answer->verdict == Verdict::uninstalled ||
                       answer->verdict == Verdict::rollback_failed || answer->verdict == Verdict::left;
    if (lost_undo_ && !ended) {
      return base::fail(Outcome::unknown, "a lost call of this run may still undo what failed: " + failed.cause,
                        "run the same job again: it finds out from the cluster", "ambiguous");
    }
    switch (answer->verdict) {
      case Verdict::running:  // a pod of it may still come, and go on where a dead one left
        return base::fail(Outcome::timeout,
                          "going back is still under way in the cluster after " +
                              base::human_duration(budgets_.rollback) + "; what failed: " + failed.cause,
                          "run the same job again: it goes on where this one left");
      case Verdict::rolled_back:
        return report(Outcome::rolled_back, *answer, failed);
      case Verdict::uninstalled:
        return report(Outcome::uninstalled, *answer, failed);
      case Verdict::interrupted:
        return interrupted("going back was stopped");
      case Verdict::refused: {
        Report kept =
            report(answer->kind == base::row_of(Outcome::kept).word ? Outcome::kept : Outcome::rollback_failed, failed,
                   failed);
        kept.cause += "; " + answer->cause;
        return kept;
      }
      default: {
        Report broken = report(Outcome::rollback_failed, *answer, failed);
        // The record holds why the revision failed before why going back did.
        const bool both = answer->cause.rfind(failed.cause + "; ", 0) == 0;
        broken.cause += "; going back failed as well: " + answer->cause.substr(both ? failed.cause.size() + 2 : 0);
        return broken;
      }
    }
  }

  sys::Sys& sys_;
  cluster::Door& door_;
  const Plan& plan_;
  const std::vector<cluster::Payload> payloads_;
  const std::string caller_;
  const base::Instant began_;
  const Budgets& budgets_;
  Spent spent_;
  std::int64_t attempt_ = 1;
  std::int64_t order_told_ = 0;       // the highest that an answer told of
  std::int64_t failed_revision_ = 0;  // what an undoing job undoes
  bool lost_ = false;                 // a call of this job was lost: who holds the fence may be dead
  bool ever_lost_ = false;
  bool have_evidence_ = false;
  bool undoing_ = false;
  bool lost_undo_ = false;     // an undo job that was lost, or whose pod had trouble, may still begin
  std::int64_t lost_try_ = 0;  // of a lost deploy job that the record does not tell of yet
};

}  // namespace

base::Result<Report> deploy(sys::Sys& sys, cluster::Door& door, const Plan& plan) {
  return Deploy(sys, door, plan).run();
}

}  // namespace sentimark::helm_private_deploy
