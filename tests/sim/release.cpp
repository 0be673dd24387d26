#include "sim/release.hpp"

#include <algorithm>

namespace sentimark::sim {
namespace {

constexpr Millis k_observed{300};  // the controller sees a change so much later
constexpr Millis k_pull_fails{2'500};

json::Value condition(const char* type, const char* status, const char* reason) {
  return json::Object{{"type", type}, {"status", status}, {"reason", reason}};
}

}  // namespace

std::string manifest_of(const Content& content) {
  return "---\n# Source: web/templates/web.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n"
         "  content: " +
         content.id + "\n";
}

Revision* ReleaseModel::find(std::int64_t number) {
  const auto found = std::find_if(history_.begin(), history_.end(),
                                  [&](const Revision& revision) { return revision.number == number; });
  return found == history_.end() ? nullptr : &*found;
}

const Content* ReleaseModel::content_of(std::int64_t revision) const {
  // Numbers begin again after an uninstall: the last of that number counts.
  const auto found =
      std::find_if(all_.rbegin(), all_.rend(), [&](const Revision& row) { return row.number == revision; });
  return found == all_.rend() ? nullptr : &found->content;
}

void ReleaseModel::note_newest() { newest_.push_back({world_.now, history_.empty() ? 0 : history_.back().number}); }

void ReleaseModel::add(Revision revision) {
  revision.made = world_.now;
  all_.push_back(revision);
  history_.push_back(std::move(revision));
  note_newest();
}

void ReleaseModel::set_status(std::int64_t number, const std::string& status) {
  Revision* revision = find(number);
  if (revision == nullptr) return;
  revision->status = status;
  ++revision->version;
}

void ReleaseModel::purge() {
  history_.clear();
  note_newest();
}

void ReleaseModel::close_span() {
  if (live_ && content_.fate == Fate::healthy && ready_at() <= world_.now)
    healthy_.push_back({content_.id, ready_at(), world_.now});
}

void ReleaseModel::apply(const Content& content) {
  if (live_ && content_.id == content.id) return;  // the same spec starts no rollout
  close_span();
  had_old_ = live_;
  live_ = true;
  content_ = content;
  applied_ = world_.now;
  ++generation_;
}

void ReleaseModel::remove() {
  close_span();
  live_ = false;
}

bool ReleaseModel::healthy_now() const { return live_ && content_.fate == Fate::healthy && ready_at() <= world_.now; }

bool ReleaseModel::was_healthy(const std::string& content, Instant from, Instant to) const {
  if (healthy_now() && content_.id == content && ready_at() <= to) return true;
  return std::any_of(healthy_.begin(), healthy_.end(),
                     [&](const Span& span) { return span.content == content && span.from <= to && span.to >= from; });
}

bool ReleaseModel::was_newest(std::int64_t revision, Instant from, Instant to) const {
  for (std::size_t i = 0; i < newest_.size(); ++i) {
    const Instant until = i + 1 < newest_.size() ? newest_[i + 1].at : world_.now;
    if (newest_[i].revision == revision && newest_[i].at <= to && until >= from) return true;
  }
  return false;
}

json::Value ReleaseModel::deployment() const {
  if (!live_) return {};
  const bool seen = applied_ + k_observed <= world_.now;
  const bool ready = healthy_now();
  const int old = had_old_ && !ready ? 1 : 0;
  json::Value status = json::Object{{"observedGeneration", seen ? generation_ : generation_ - 1},
                                    {"replicas", 1 + old},
                                    {"updatedReplicas", 1},
                                    {"readyReplicas", ready ? 1 : old},
                                    {"availableReplicas", ready ? 1 : old}};
  status.set("conditions",
             json::Array{condition("Available", ready || old > 0 ? "True" : "False", "MinimumReplicas"),
                         condition("Progressing", "True", ready ? "NewReplicaSetAvailable" : "ReplicaSetUpdated")});
  return json::Object{
      {"apiVersion", "apps/v1"},
      {"kind", "Deployment"},
      {"metadata",
       json::Object{{"name", "web"}, {"namespace", "shop"}, {"uid", "deployment-web"}, {"generation", generation_}}},
      {"spec", json::Object{{"replicas", 1}}},
      {"status", std::move(status)}};
}

json::Array ReleaseModel::explaining() const {
  if (!live_) return {};
  const std::string set = "set-" + std::to_string(generation_);
  const auto owner = [](const std::string& uid) {
    return json::Array{json::Object{{"controller", true}, {"uid", uid}}};
  };
  json::Array items;
  items.push_back(json::Object{
      {"kind", "ReplicaSet"},
      {"metadata", json::Object{{"name", set},
                                {"uid", set},
                                {"ownerReferences", owner("deployment-web")},
                                {"annotations",
                                 json::Object{{"deployment.kubernetes.io/revision", std::to_string(generation_)}}}}}});
  json::Value status = json::Object{{"phase", healthy_now() ? "Running" : "Pending"}};
  if (content_.fate == Fate::doomed && applied_ + k_pull_fails <= world_.now) {
    status.set(
        "containerStatuses",
        json::Array{json::Object{
            {"name", "web"},
            {"image", "registry.example/web:" + content_.id},
            {"state", json::Object{{"waiting", json::Object{{"reason", "ErrImagePull"},
                                                            {"message", "failed to resolve: web: not found"}}}}}}});
  }
  items.push_back(json::Object{
      {"kind", "Pod"},
      {"metadata", json::Object{{"name", "web-" + set}, {"uid", "pod-" + set}, {"ownerReferences", owner(set)}}},
      {"status", std::move(status)}});
  return items;
}

}  // namespace sentimark::sim
