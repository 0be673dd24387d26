// Soak: whether a release that has become healthy stays as it was: no restarts, no readiness that comes and goes, the
// same pods and endpoints.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "json/value.hpp"
#include "kube/snapshot.hpp"

namespace sentimark::kube {

// Something that did not stay as it was.
struct Movement {
  std::string what;  // one sentence
  bool breaks;  // a restart or a lost readiness; else pods or endpoints came and went, which an autoscaler or a node
                // may do: the soak begins anew, and what is never still for long enough is no verdict
  std::string pod = {};
  std::string container = {};
  std::int64_t restarts_before = 0;
  std::int64_t restarts_after = 0;
  std::string last_state = {};  // why the container's run before this one ended
};

json::Value to_json(const Movement& movement);

class Soak {
 public:
  // Takes the release's pods and the endpoints of its Services as they stand. Of pods at most 250 and of Services 100
  // are remembered: it has to travel.
  void begin(const Snapshot& snapshot, base::WallTime at);
  bool has_begun() const { return began_.has_value(); }
  void forget() { began_.reset(); }
  base::Millis lasted(base::WallTime now) const;

  // Every movement since it began, breaking ones first. Readiness that came and went between two looks shows in the
  // time of the Ready condition's last change. Precondition: has_begun.
  std::vector<Movement> moved(const Snapshot& snapshot) const;

  // For the cursor that travels between calls. Error of the second: config.
  json::Value to_json() const;
  static base::Result<Soak> from_json(const json::Value& value);

 private:
  struct Pod {
    std::string uid;
    std::string ready_since;
    std::map<std::string, std::int64_t> restarts;  // by container
  };
  using Pods = std::map<std::string, Pod>;               // by "namespace/name"
  using Endpoints = std::map<std::string, std::string>;  // by Service: addresses of what is ready, in order
  static Pods pods_of(const Snapshot& snapshot);
  static Endpoints endpoints_of(const Snapshot& snapshot);
  std::optional<base::WallTime> began_;
  Pods pods_;
  Endpoints endpoints_;
};

// The pods that the objects of the release own, directly or through a ReplicaSet, and those that are objects of it
// themselves. Pods that are to end by themselves, those of Jobs, are left out.
std::vector<const json::Value*> serving_pods(const Snapshot& snapshot);

}  // namespace sentimark::kube
