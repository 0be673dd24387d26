// ReleaseModel: what a cluster knows of one Helm release, Helm's records and the live objects, and when it was healthy.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "json/value.hpp"
#include "sim/world.hpp"

namespace sentimark::sim {

// What a chart with its values will do in the cluster; the simulated chart says so in its values.
enum class Fate {
  healthy,  // becomes ready
  doomed,   // its image does not exist
  stuck,    // never ready, and nothing says why
  refused,  // helm says no before it touches the cluster
  half,     // helm fails after it has applied the objects
};

struct Content {
  std::string id;  // equal content, equal manifest
  Fate fate = Fate::healthy;
  Millis hooks{0};  // how long helm itself is at work beyond applying
  Millis ready{0};  // how long after applying the objects are healthy
};

struct Revision {
  std::int64_t number = 0;
  std::string status;  // Helm's own word
  Content content;
  std::string description;
  Instant made{};
  std::int64_t version = 1;  // of the Secret that holds it
};

class ReleaseModel {
 public:
  explicit ReleaseModel(World& world) : world_(world) {}

  // Helm's records, oldest first. Helm reads and writes them one at a time, and may be killed between two writes.
  const std::vector<Revision>& history() const { return history_; }
  Revision* find(std::int64_t number);
  const Revision* newest() const { return history_.empty() ? nullptr : &history_.back(); }
  void add(Revision revision);
  void set_status(std::int64_t number, const std::string& status);
  void purge();  // what uninstall leaves: nothing

  // The live objects: a Deployment that follows its spec.
  void apply(const Content& content);
  void remove();

  // What the API server answers for them now. `found` is null when the Deployment does not exist.
  json::Value deployment() const;
  json::Array explaining() const;  // ReplicaSets and pods

  // The truth, for judging what the programs tell.
  bool healthy_now() const;
  bool was_healthy(const std::string& content, Instant from, Instant to) const;
  // Whether this revision was Helm's newest at some moment of the span; 0 stands for "no release".
  bool was_newest(std::int64_t revision, Instant from, Instant to) const;
  const Content* content_of(std::int64_t revision) const;  // also of revisions that are gone

 private:
  struct Span {
    std::string content;
    Instant from;
    Instant to;
  };
  struct Newest {
    Instant at;
    std::int64_t revision;
  };
  void note_newest();
  void close_span();
  Instant ready_at() const { return applied_ + content_.ready; }
  World& world_;
  std::vector<Revision> history_;
  std::vector<Revision> all_;
  std::vector<Span> healthy_;
  std::vector<Newest> newest_{{Instant{Millis{0}}, 0}};
  bool live_ = false;
  bool had_old_ = false;  // a pod of the spec before serves until the new one is ready
  Content content_;
  Instant applied_;
  std::int64_t generation_ = 0;
};

std::string manifest_of(const Content& content);

}  // namespace sentimark::sim
