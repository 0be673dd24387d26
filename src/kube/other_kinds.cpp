// Kinds without a rule of their own: the Ready condition, then other conditions and status words that operators use.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "kube/rules.hpp"

namespace sentimark::kube {
namespace {

// In order of what they tell, as kubedog tries them (werf/kubedog pkg/tracker/generic).
constexpr std::array<std::string_view, 14> k_conditions{
    "ready",     "healthy", "success", "succeeded",   "complete", "completed", "finished",
    "available", "running", "started", "initialized", "synced",   "approved",  "established"};

constexpr std::array<std::string_view, 9> k_fields{"phase",        "currentPhase",  "state",
                                                   "currentState", "status",        "currentStatus",
                                                   "health",       "currentHealth", "healthStatus"};

constexpr std::array<std::string_view, 20> k_good{"ready",    "healthy",   "success",     "succeeded", "successful",
                                                  "complete", "completed", "finished",    "available", "running",
                                                  "started",  "active",    "initialized", "synced",    "approved",
                                                  "deployed", "valid",     "green",       "bound",     "ok"};

constexpr std::array<std::string_view, 19> k_coming{
    "pending",   "unknown",  "progressing", "creating",  "provisioning", "installing",   "updating",
    "upgrading", "starting", "waiting",     "deploying", "reconciling",  "initializing", "invalid",
    "yellow",    "red",      "notready",    "scheduled", "binding"};

constexpr std::array<std::string_view, 5> k_bad{"failed", "failure", "error", "errored", "degraded"};

template <typename Words>
bool holds(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

ObjectHealth by_condition(const json::Value& object, const json::Value& found) {
  if (is_stale(found, object)) return in_progress(object, "NotObserved", "its controller has not seen the change yet");
  if (found["status"].string_or_empty() == "True") return current(object, found["message"].string_or_empty());
  const std::string& reason = found["reason"].string_or_empty();
  return in_progress(object, reason.empty() ? "Not" + found["type"].string_or_empty() : reason,
                     found["message"].string_or_empty());
}

}  // namespace

ObjectHealth other_health(const json::Value& object, const Scene&) {
  // Ready is the one word that everybody means alike: it stands before those that some spell otherwise.
  if (const json::Value& ready = condition(object, "Ready"); !ready.is_null()) return by_condition(object, ready);
  for (const std::string_view word : k_conditions) {
    for (const json::Value& one : object["status"]["conditions"].items()) {
      if (base::equals_ignoring_case(one["type"].string_or_empty(), word)) return by_condition(object, one);
    }
  }
  for (const std::string_view field : k_fields) {
    const json::Value& value = object["status"][field];
    const std::string word = base::to_lower((value.is_object() ? value["status"] : value).string_or_empty());
    const std::string& message = object["status"]["message"].string_or_empty();
    if (word.empty()) continue;
    if (holds(k_good, word)) return current(object, message);
    if (holds(k_coming, word)) return in_progress(object, "Status", "its " + std::string(field) + " is " + word);
    if (holds(k_bad, word))
      return failed(object, "Status",
                    ref_of(object).text() + " says that it has failed: " + (message.empty() ? word : message),
                    "look at its controller's log");
  }
  return current(object);
}

}  // namespace sentimark::kube
