// Scene: a snapshot with its parts found by owner, so that judging many objects takes time in proportion to them.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kube/label_index.hpp"
#include "kube/signature.hpp"
#include "kube/snapshot.hpp"

namespace sentimark::kube {

// A sign of trouble, and what makes it proof beside the patience of its signature.
struct Sign {
  std::string text;        // for the signatures: "Reason: message"
  std::string key;         // what is remembered between looks: whose sign, and which
  std::string since;       // when it began, RFC 3339; empty when only a memory can tell
  std::string born;        // the age of what shows it, for when there is no memory
  std::int64_t count = 0;  // how often it happened by the cluster's own count
  std::vector<Field> known;
};

class Scene {
 public:
  explicit Scene(const Snapshot& snapshot);
  const Snapshot& snapshot;

  using Found = std::vector<const json::Value*>;
  const Found& pods_of(const std::string& owner_uid) const { return look_up(pods_, owner_uid); }
  const Found& replica_sets_of(const std::string& owner_uid) const { return look_up(replica_sets_, owner_uid); }
  const Found& slices_of(const std::string& service) const { return look_up(slices_, service); }  // "namespace/name"
  // Events about the object: by uid, or by kind and name where an event names no uid.
  Found events_about(const json::Value& object) const;

  // What the release itself, and the pods of the namespace, have behind a selector.
  struct Behind {
    bool any_workload = false;  // the release holds a workload at all
    bool foreign_kind = false;  // it holds a custom object, whose operator may yet make pods
    bool matches = false;
    bool wants_pods = false;
  };
  Behind behind(const std::string& namespace_name, const json::Value& selector) const;

  // Whether the pod's node may be taken away at any time; nothing when the node is not known.
  std::optional<bool> is_on_spot(const json::Value& pod) const;

  // Whether something that began then has lasted so long; false without a clock, true when its beginning is unknown.
  bool has_lasted(std::string_view since, int seconds) const;

  // The diagnosis of a sign that is proof by now: its signature's patience has passed, it was seen often enough, or no
  // patience is due. Nothing when no signature fits or the sign may still pass.
  std::optional<Diagnosis> proof(const Sign& sign) const;

 private:
  using Map = std::unordered_map<std::string, Found>;
  static const Found& look_up(const Map& map, const std::string& key);
  Map pods_;
  Map replica_sets_;
  Map slices_;
  Map events_;
  std::unordered_map<std::string, bool> spot_by_node_;
  // Made when a Service without endpoints first asks.
  struct Templates {
    LabelIndex of_release;
    LabelIndex of_pods;
    bool any = false;
    bool foreign = false;
  };
  const Templates& templates() const;
  mutable std::optional<Templates> templates_;
};

}  // namespace sentimark::kube
