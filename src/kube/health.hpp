// Health: whether an object of a release is as it should be, from what the API server says about it and its pods.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "json/value.hpp"
#include "kube/object.hpp"

namespace sentimark::kube {

enum class Health { current, in_progress, failed, terminating, suspended };

std::string_view word_of(Health health);  // "Current", "InProgress", "Failed", "Terminating", "Suspended"

struct ObjectHealth {
  ObjectRef ref;
  Health health = Health::current;
  std::string reason;   // one word, the API's own where there is one
  std::string message;  // one sentence for people
  std::string cure;     // what to do about a failure; may be empty
};

// What was read at one moment: the objects of the release, and of their namespaces all that explains them.
struct Snapshot {
  json::Array objects;
  json::Array pods;
  json::Array replica_sets;
  json::Array endpoint_slices;
  json::Array events;
};

// Rules for Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, Pod, Service, PersistentVolumeClaim and
// CustomResourceDefinition; any other kind by its Ready condition, and by its existence where it has none.
ObjectHealth health_of(const json::Value& object, const Snapshot& snapshot);

enum class Verdict { healthy, progressing, doomed };

struct Judgement {
  Verdict verdict = Verdict::progressing;
  std::vector<ObjectHealth> objects;  // in the order of the snapshot
  // The first failed object, or null: its message is the cause of `doomed`.
  const ObjectHealth* culprit() const;
};

// doomed when any object has failed, healthy when all are current or suspended, else progressing.
Judgement judge(const Snapshot& snapshot);

}  // namespace sentimark::kube
