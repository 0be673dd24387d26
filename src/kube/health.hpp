// Health: whether an object of a release is as it should be, from what the API server says about it and its pods.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "json/value.hpp"
#include "kube/object.hpp"
#include "kube/signature.hpp"
#include "kube/snapshot.hpp"

namespace sentimark::kube {

enum class Health { current, in_progress, failed, terminating, suspended, unknown };

std::string_view word_of(Health health);    // "Current", "InProgress", "Failed", "Terminating", "Suspended", "Unknown"
std::string_view status_of(Health health);  // "current", "in-progress", "failed", "terminating", "suspended", "unknown"

struct ObjectHealth {
  ObjectRef ref;
  Health health = Health::current;
  std::string reason;   // one word, the API's own where there is one
  std::string message;  // one sentence for people
  std::string cure;     // what to do about a failure; may be empty

  std::string warning = {};         // true beside any health, even current; may be empty
  std::string_view signature = {};  // the failure's row in the signatures; may be empty
  Act act = Act::human;             // what a failure calls for: rollback or human
  bool decides = true;              // whether the verdict waits for it, as `judge` was asked
};

// Rules for every kind of apps, batch, core, autoscaling, policy, networking, Gateway API, apiextensions and
// apiregistration that has a status; any other kind by its conditions and status words, and by its existence where it
// has none. Gates that stand before every rule: deletion, observed generation, Stalled, Reconciling.
ObjectHealth health_of(const json::Value& object, const Snapshot& snapshot);

enum class Verdict { healthy, progressing, doomed };

// What a verdict waits for. A rollout does not wait for, and is not undone by, what only a later check looks at:
// autoscalers, disruption budgets, schedules, addresses of ingresses and routes.
enum class Scope { rollout, release };

struct Judgement {
  Verdict verdict = Verdict::progressing;
  std::vector<ObjectHealth> objects;  // in the order of the snapshot
  std::size_t disrupted = 0;          // pods lost to their nodes (spot evictions among them): no failure, but more time
  // The first failed object that decides, or null: its message is the cause of `doomed`.
  const ObjectHealth* culprit() const;
};

// doomed when any object has failed, healthy when all are current or suspended, else progressing.
// Begins a look of the snapshot's memory.
Judgement judge(const Snapshot& snapshot, Scope scope = Scope::rollout);

}  // namespace sentimark::kube
