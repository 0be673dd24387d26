#include "helm_private_deploy/orders.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "cluster/answers.hpp"
#include "digest/sha256.hpp"
#include "helm_private_deploy/cancel.hpp"
#include "helm_private_deploy/operation.hpp"
#include "helm_private_deploy/release_status.hpp"
#include "runner/markdown.hpp"
#include "runner/workflow.hpp"

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

constexpr base::Millis k_look{30'000};
Outcome outcome_of(Verb verb, Verdict verdict) {
  switch (verdict) {
    case Verdict::healthy:
      return Outcome::ok;
    case Verdict::uninstalled:
      return verb == Verb::uninstall ? Outcome::ok : Outcome::uninstalled;
    case Verdict::rolled_back:
      return Outcome::rolled_back;
    case Verdict::rollback_failed:
      return Outcome::rollback_failed;
    case Verdict::interrupted:
      return Outcome::interrupted;
    default:
      return Outcome::kept;
  }
}

class Order {
 public:
  Order(sys::Sys& sys, cluster::Door& door, const DeployInputs& inputs)
      : sys_(sys), door_(door), inputs_(inputs), until_(sys.clock.monotonic() + inputs.timeout) {
    job_.operation = sys::random_id(sys.random);
    job_.caller = sys::random_id(sys.random);
    job_.release = inputs.release;
    job_.namespace_name = inputs.namespace_name;
    job_.helm = inputs.helm;
    job_.kubectl = inputs.kubectl;
    job_.helm_timeout = inputs.timeout;
    job_.run_url = runner::run_url(sys.env);
    // Nothing is deployed by an order, so that there is no chart to name.
    job_.chart_sha256 = job_.values_sha256 = digest::sha256_hex("");
  }

  base::Result<runner::Ending> run() {
    SENTIMARK_TRY(door_.open(until_));
    switch (inputs_.verb) {
      case Verb::status:
      case Verb::history:
        return look();
      case Verb::resume:
        return resume();
      default:
        break;
    }
    auto changed = change();
    if (changed || changed.error().kind != Outcome::interrupted) return changed;
    job_.order = next_order();
    return end_in_cluster(sys_, door_, inputs_.on_cancel, job_, std::move(changed).error());
  }

  base::Result<ReleaseStatus> read_status() {
    // It changes nothing, so a call of which nobody knows what became is simply made again.
    for (int looks = 1;; ++looks) {
      auto answer = call(JobKind::status);
      if (answer) return status_in(*answer);
      if (!is_lost(answer.error()) || looks == k_unknown_looks) return std::move(answer).error();
    }
  }

 private:
  // An order is newer than whatever its sender has been told of, as a deploy is.
  std::int64_t next_order() const { return std::max(sys_.clock.wall().since_epoch.count(), order_told_ + 1); }

  base::Result<Answer> call(JobKind kind) {
    wire::Job job = job_;
    job.kind = kind;
    job.watch_for = kind == JobKind::status ? base::Millis{0} : std::min(k_look, inputs_.timeout);
    const bool changes = kind == JobKind::revert || kind == JobKind::remove;
    const base::Millis longest = k_call_reserve + job.watch_for + (changes ? job.helm_timeout : base::Millis{0});
    job.order = order_ = next_order();
    auto answer = door_.run(std::move(job), {}, sys_.clock.monotonic() + longest);
    if (answer) order_told_ = std::max(order_told_, answer->order);
    if (answer && answer->verdict == Verdict::refused && !answer->kind.empty()) return error_in(*answer);
    return answer;
  }

  base::Result<runner::Ending> look() {
    SENTIMARK_LET(status, read_status());
    runner::Ending ending = with_status(status);
    ending.text = inputs_.verb == Verb::status ? status_text(inputs_, status) : history_text(status);
    return ending;
  }

  runner::Ending with_status(const ReleaseStatus& status) const {
    runner::Ending ending;
    const std::int64_t revision = newest_revision(status);
    ending.data = json_of(status);
    ending.outputs.emplace_back("release", inputs_.release);
    ending.outputs.emplace_back("revision", revision > 0 ? std::to_string(revision) : "");
    if (status.record) ending.outputs.emplace_back("operation-id", status.record->operation);
    return ending;
  }

  // To the verdict of whatever the record says is under way. By force it is only freed: who held it must be dead.
  base::Result<runner::Ending> resume() {
    job_.take_hold = inputs_.force;
    SENTIMARK_LET(status, read_status());
    job_.take_hold = false;
    if (!status.record)
      return base::fail(Outcome::refused, "the cluster holds no record of release " + inputs_.release,
                        "there is nothing to resume: deploy it", "no-record");
    if (inputs_.force) {
      runner::Ending ending = with_status(status);
      ending.text = status_text(inputs_, status) + "\nNobody holds the release now: run the deploy again.\n";
      return ending;
    }
    job_.operation = status.record->operation;
    job_.attempt = status.record->attempt;
    auto answer = ask(JobKind::watch);
    if (!answer) return std::move(answer).error();
    return settled(*answer);
  }

  // Run again, the same order of the same run finds itself in the record.
  base::Result<runner::Ending> change() {
    job_.to_revision = inputs_.revision;
    job_.operation = operation();
    sys_.log.info("operation " + job_.operation + ": " + word());
    for (std::int64_t tries = 0; tries < k_tries; ++tries) {
      SENTIMARK_LET(answer, ask(inputs_.verb == Verb::rollback ? JobKind::revert : JobKind::remove));
      // Only the clocks of two machines were against us: the next job comes after what it was told of.
      if (answer.verdict == Verdict::left && answer.order > order_ && tries == 0) {
        ++job_.attempt;
        continue;
      }
      const bool well = outcome_of(inputs_.verb, answer.verdict) == Outcome::ok;
      if (well || answer.verdict == Verdict::left || answer.caller == job_.caller || sys_.stop.requested())
        return settled(answer);
      // An earlier run's failure: the next try.
      job_.attempt = std::max(job_.attempt, answer.attempt) + 1;
    }
    return base::fail(Outcome::refused, "this operation has been tried " + std::to_string(k_tries) + " times",
                      "look at what changes the release beside this job");
  }

  std::string word() const {
    if (inputs_.verb == Verb::uninstall) return "removing release " + inputs_.release;
    return "rolling back release " + inputs_.release + " to " +
           (inputs_.revision > 0 ? "revision " + std::to_string(inputs_.revision) : "the last verified revision");
  }

  std::string operation() {
    if (!inputs_.operation.empty()) return inputs_.operation;
    if (sys_.env.get_or("GITHUB_RUN_ID", "").empty()) return job_.operation;
    return operation_of(sys_.env, {door_.cluster_id(), inputs_.namespace_name, inputs_.release, word()});
  }

  // One job and looks after it until its end. A job that is lost on the way is sent again once the record is seen not
  // to know it; even one that did arrive would only find its own record.
  base::Result<Answer> ask(JobKind kind) {
    auto answer = call(kind);
    for (int looks = 0; !answer || is_under_way(*answer);) {
      if (sys_.stop.requested())
        return base::fail(Outcome::interrupted, "told to stop: the release is as its record says",
                          "'resume' goes on where this left", "detached");
      if (answer && cluster::is_out_of_sight(*answer)) return error_in(*answer);
      if (answer) {
        if (sys_.clock.monotonic() >= until_)
          return base::fail(Outcome::timeout,
                            "not healthy within " + base::human_duration(inputs_.timeout) +
                                (answer->cause.empty() ? "" : ": " + answer->cause),
                            "'resume' goes on looking");
        sys_.log.info("revision " + std::to_string(answer->revision) + ": " +
                      std::string(wire::word_of(answer->verdict)) +
                      (answer->cause.empty() ? "" : ", " + answer->cause));
        looks = 0;
        answer = call(JobKind::watch);
        continue;
      }
      if (!is_lost(answer.error())) return answer;
      if (++looks > k_unknown_looks) {
        base::Error unknown = std::move(answer).error();
        unknown.kind = Outcome::unknown;
        return unknown;
      }
      sys_.log.info(answer.error().sentence() + "; looking at the cluster's record");
      if (looks > 1) (void)sys_.clock.sleep_until(sys_.clock.monotonic() + k_look_again, sys_.stop);
      auto seen = call(JobKind::watch);
      const bool unknown_there = seen && (seen->verdict == Verdict::refused || seen->operation != job_.operation);
      answer = unknown_there ? call(kind) : std::move(seen);
    }
    return answer;
  }

  base::Result<runner::Ending> settled(const Answer& answer) {
    if (answer.verdict == Verdict::left || answer.verdict == Verdict::refused)
      return base::fail(Outcome::refused, answer.cause,
                        answer.run_url.empty() ? "look at 'status'" : "look at " + answer.run_url);
    runner::Ending ending;
    ending.outcome = outcome_of(inputs_.verb, answer.verdict);
    ending.outputs.emplace_back("release", inputs_.release);
    ending.outputs.emplace_back("revision", answer.revision > 0 ? std::to_string(answer.revision) : "");
    ending.outputs.emplace_back("operation-id", job_.operation);
    if (ending.outcome != Outcome::ok) {
      ending.reason =
          answer.cause.empty() ? "the operation ended as " + std::string(wire::word_of(answer.verdict)) : answer.cause;
      ending.cure = answer.cure;
    }
    ending.text = headline(answer, ending.outcome) + "\n";
    for (const wire::ObjectLine& line : answer.objects)
      ending.text += "  " + line.kind + " " + line.name + "  " + line.status +
                     (line.message.empty() ? "" : "  " + line.message) + "\n";
    ending.summary = "## " + runner::markdown_text(headline(answer, ending.outcome)) + "\n";
    if (!ending.reason.empty()) ending.summary += "\n**Cause.** " + runner::markdown_text(ending.reason) + "\n";
    if (!answer.helm_output.empty())
      ending.summary += "\n" + runner::markdown_fold("what helm said", runner::markdown_block(answer.helm_output));
    return ending;
  }

  std::string headline(const Answer& answer, Outcome outcome) const {
    const std::string& release = inputs_.release;
    const std::string revision = std::to_string(answer.revision);
    if (answer.verdict == Verdict::uninstalled) return release + (answer.unchanged ? " was not there" : " is removed");
    if (outcome != Outcome::ok) return release + " ended as " + std::string(base::row_of(outcome).word);
    if (inputs_.verb == Verb::rollback && answer.good_revision > 0)
      return release + " is back at what revision " + std::to_string(answer.good_revision) +
             " was, and healthy at revision " + revision;
    return release + " is healthy at revision " + revision;
  }

  sys::Sys& sys_;
  cluster::Door& door_;
  const DeployInputs& inputs_;
  base::Instant until_;
  wire::Job job_;
  std::int64_t order_ = 0;       // of the last job
  std::int64_t order_told_ = 0;  // the highest that an answer told of
};

}  // namespace

base::Result<runner::Ending> carry_out_order(sys::Sys& sys, cluster::Door& door, const DeployInputs& inputs) {
  return Order(sys, door, inputs).run();
}

base::Result<ReleaseStatus> look_at(sys::Sys& sys, cluster::Door& door, const DeployInputs& inputs) {
  return Order(sys, door, inputs).read_status();
}

}  // namespace sentimark::helm_private_deploy
