#include "agent/fence_keeper.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "json/text.hpp"

namespace sentimark::agent {
namespace {

using base::Outcome;

constexpr base::Millis k_stale{30'000};  // three heartbeats
constexpr base::Millis k_look{5'000};
constexpr int k_claim_rounds = 10;
constexpr std::string_view k_key = "record";

// A runCommand pod's host name is its own name (deploy.md section 2.3).
wire::Holder self_of(sys::Sys& sys, const wire::Job& job) {
  wire::Holder self;
  self.token = sys::random_id(sys.random);
  if (!job.in_pod) return self;
  self.pod = sys.env.get_or("HOSTNAME", "");
  auto stated = sys.files.read("/var/run/secrets/kubernetes.io/serviceaccount/namespace", 256);
  self.pod_namespace = stated ? std::string(base::trim(*stated)) : "aks-command";
  return self;
}

std::string name_of(const wire::Job& job) { return "sentimark-" + job.release; }

}  // namespace

FenceKeeper::FenceKeeper(sys::Sys& sys, Kubectl& kubectl, const wire::Job& job)
    : sys_(sys), kubectl_(kubectl), job_(job), claim_{job.operation,     job.attempt, job.caller,
                                                      self_of(sys, job), job.run_url, job.order} {}

base::Done FenceKeeper::read() {
  SENTIMARK_LET(object, kubectl_.get("configmap", job_.namespace_name, name_of(job_)));
  record_.reset();
  resource_version_.clear();
  if (object.is_null()) return {};
  resource_version_ = object["metadata"]["resourceVersion"].string_or_empty();
  auto value = json::parse(object["data"][k_key].string_or_empty());
  SENTIMARK_LET(record, wire::fence_from_json(value ? *value : json::Value()));
  record_ = std::move(record);
  return {};
}

json::Value FenceKeeper::object_of(const wire::FenceRecord& record) const {
  json::Value metadata = json::Value::object();
  metadata.set("name", name_of(job_));
  metadata.set("namespace", job_.namespace_name);
  json::Value labels = json::Value::object();
  labels.set("app.kubernetes.io/managed-by", "sentimark");
  metadata.set("labels", std::move(labels));
  if (!resource_version_.empty()) metadata.set("resourceVersion", resource_version_);
  json::Value data = json::Value::object();
  data.set(k_key, json::to_text(wire::to_json(record)));
  json::Value object = json::Value::object();
  object.set("apiVersion", "v1");
  object.set("kind", "ConfigMap");
  object.set("metadata", std::move(metadata));
  object.set("data", std::move(data));
  return object;
}

bool FenceKeeper::holds() const {
  return record_ && wire::is_held(*record_) && record_->holder.token == claim_.self.token;
}

json::Value FenceKeeper::guard() const {
  wire::FenceRecord beating = *record_;
  beating.heartbeat += 1;
  return object_of(beating);
}

base::Result<bool> FenceKeeper::write(const wire::FenceRecord& record) {
  const json::Value object = object_of(record);
  auto stored = resource_version_.empty() ? kubectl_.create(object) : kubectl_.replace(object);
  if (!stored) {
    const std::string& code = stored.error().code;
    if (code == "Conflict" || code == "AlreadyExists" || code == "NotFound") return false;
    return std::move(stored).error();
  }
  resource_version_ = (*stored)["metadata"]["resourceVersion"].string_or_empty();
  record_ = record;
  return true;
}

bool FenceKeeper::beat() {
  if (!record_) return false;
  wire::FenceRecord beating = *record_;
  beating.heartbeat += 1;
  const auto wrote = write(beating);
  if (!wrote || *wrote) return true;
  // Our own earlier write may have arrived although its reply was lost.
  if (!read() || !record_) return true;
  return holds();
}

base::Result<ClaimResult> FenceKeeper::claim_deploy() { return claim(&wire::decide, false); }
base::Result<ClaimResult> FenceKeeper::claim_undo() { return claim(&wire::decide_undo, true); }

wire::FenceRecord FenceKeeper::next(bool undo) const {
  if (!undo) return wire::acquired(record_, claim_);
  wire::FenceRecord record = wire::undoing(*record_, claim_.self);
  if (!job_.cause.empty()) record.cause = job_.cause;
  return record;
}

base::Result<ClaimResult> FenceKeeper::claim(Decide decide, bool undo) {
  for (int round = 0; round < k_claim_rounds; ++round) {
    SENTIMARK_TRY(read());
    wire::FenceMove move = decide(record_, claim_);
    if (move == wire::FenceMove::observe) {
      SENTIMARK_LET(dead, is_dead());
      if (decide(record_, claim_) != wire::FenceMove::observe) continue;  // it has changed while it was looked at
      if (!dead && record_->operation == job_.operation) return ClaimResult::follow;
      if (!dead) {
        // Written before it is told: what is refused here is never begun by another pod of this try.
        SENTIMARK_LET(noted, write(wire::refusing(*record_, claim_)));
        if (noted) return held_by_other();
        continue;
      }
      move = wire::FenceMove::acquire;
    }
    switch (move) {
      case wire::FenceMove::own:
        return ClaimResult::held;
      case wire::FenceMove::follow:
        return ClaimResult::follow;
      case wire::FenceMove::answer:
        return ClaimResult::answer;
      case wire::FenceMove::leave:
        return ClaimResult::leave;
      default:
        break;
    }
    SENTIMARK_LET(won, write(next(undo)));
    if (won) return ClaimResult::held;
  }
  return too_fast();
}

base::Done FenceKeeper::stop() {
  for (int round = 0; round < k_claim_rounds; ++round) {
    SENTIMARK_TRY(read());
    const auto next = wire::stopping(record_, claim_);
    if (!next) return {};
    SENTIMARK_LET(won, write(*next));
    if (won) return {};
  }
  return too_fast();
}

base::Error FenceKeeper::too_fast() const {
  return base::fail(Outcome::refused, "the fence of release " + job_.release + " changes faster than it can be claimed",
                    "let only one workflow deploy this release at a time");
}

// Dead means both: its heartbeat stands still on our own clock, and its pod has ended. Either alone proves nothing.
base::Result<bool> FenceKeeper::is_dead() {
  const wire::FenceRecord seen = *record_;
  // A rollout that waits for its verdict has no holder to die; whoever began it comes back or gives up.
  const base::Instant until = sys_.clock.monotonic() + k_stale;
  for (;;) {
    if (wire::is_held(seen)) {
      SENTIMARK_LET(gone, holder_is_gone(seen.holder));
      if (!gone) return false;
    }
    const base::Instant now = sys_.clock.monotonic();
    if (now >= until) return true;
    if (!sys_.clock.sleep_until(std::min(until, now + k_look), sys_.stop))
      return base::fail(Outcome::interrupted, "told to stop while proving that the holder of the release is dead");
    SENTIMARK_TRY(read());
    if (!record_ || record_->heartbeat != seen.heartbeat || record_->state != seen.state ||
        record_->holder.token != seen.holder.token || record_->holder.pod != seen.holder.pod)
      return false;
  }
}

base::Result<bool> FenceKeeper::holder_is_gone(const wire::Holder& holder) {
  if (holder.pod.empty()) return false;  // it runs outside the cluster: nothing here can tell
  auto pod = kubectl_.get("pod", holder.pod_namespace, holder.pod);
  if (!pod) return false;
  const std::string& phase = (*pod)["status"]["phase"].string_or_empty();
  return pod->is_null() || phase == "Succeeded" || phase == "Failed";
}

base::Error FenceKeeper::held_by_other() const {
  const std::string by = record_->run_url.empty() ? "operation " + record_->operation : record_->run_url;
  return base::fail(Outcome::refused,
                    "release " + job_.release + " is being deployed by " + by + " (" +
                        std::string(wire::word_of(record_->state)) + ")",
                    "wait for that run to end, then run again", "held");
}

}  // namespace sentimark::agent
