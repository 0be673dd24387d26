#include "agent/evidence.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "kube/object.hpp"

namespace sentimark::agent {
namespace {

constexpr std::size_t k_pieces = 24;
constexpr std::size_t k_piece_bytes = 12'000;
constexpr std::size_t k_all_bytes = 160'000;
constexpr std::size_t k_events = 60;
constexpr std::size_t k_pods = 6;
constexpr std::string_view k_log_lines = "50";

class Gatherer {
 public:
  Gatherer(Work& work, wire::Answer& answer) : work_(work), answer_(answer) {
    for (const wire::Evidence& piece : answer.evidence) bytes_ += piece.text.size();
  }

  void add(const std::string& name, std::string_view text) {
    std::string kept = base::to_valid_utf8(base::trim(text));
    // The end tells more than the beginning.
    if (kept.size() > k_piece_bytes) kept = base::to_valid_utf8("…\n" + kept.substr(kept.size() - k_piece_bytes));
    if (kept.empty() || answer_.evidence.size() >= k_pieces || bytes_ + kept.size() > k_all_bytes) return;
    bytes_ += kept.size();
    answer_.evidence.push_back({name, std::move(kept)});
  }

  // Logs are what takes long: none is begun once the time is over.
  void add_logs(const std::string& pod, bool previous) {
    if (work_.sys.clock.monotonic() - began_ >= work_.job.gather_for) return;
    std::vector<std::string> arguments{"logs",
                                       pod,
                                       "-n",
                                       work_.job.namespace_name,
                                       "--all-containers",
                                       "--prefix",
                                       "--tail",
                                       std::string(k_log_lines)};
    if (previous) arguments.emplace_back("--previous");
    const auto text = work_.kubectl.text(std::move(arguments));
    if (text) add("logs/" + pod + (previous ? ".previous" : "") + ".txt", *text);
  }

  void end() { answer_.gathered = work_.sys.clock.monotonic() - began_; }

 private:
  Work& work_;
  wire::Answer& answer_;
  const base::Instant began_ = work_.sys.clock.monotonic();
  std::size_t bytes_ = 0;
};

std::string event_time(const json::Value& event) {
  for (const std::string_view field : {"lastTimestamp", "eventTime", "firstTimestamp"}) {
    if (event[field].is_string()) return event[field].string_or_empty();
  }
  return event["metadata"]["creationTimestamp"].string_or_empty();
}

std::string events_text(const json::Array& items) {
  std::vector<const json::Value*> events;
  for (const json::Value& item : items) {
    if (item["kind"].string_or_empty() == "Event") events.push_back(&item);
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const json::Value* a, const json::Value* b) { return event_time(*a) < event_time(*b); });
  if (events.size() > k_events) events.erase(events.begin(), events.end() - static_cast<std::ptrdiff_t>(k_events));
  std::string text;
  for (const json::Value* event : events) {
    const json::Value& about = (*event)["involvedObject"];
    text += event_time(*event) + "  " + (*event)["type"].string_or_empty() + "  " +
            (*event)["reason"].string_or_empty() + "  " + about["kind"].string_or_empty() + "/" +
            about["name"].string_or_empty() + "  " + base::shorten((*event)["message"].string_or_empty(), 600) + "\n";
  }
  return text;
}

bool is_well(const json::Value& pod) {
  const std::string& phase = pod["status"]["phase"].string_or_empty();
  return phase == "Succeeded" || (phase == "Running" && kube::condition_status(pod, "Ready") == "True");
}

// Helm names the release it made an object for; hooks and their pods carry the instance label or the job's name.
bool belongs(const json::Value& pod, const std::string& release) {
  const json::Value& labels = pod["metadata"]["labels"];
  if (labels["app.kubernetes.io/instance"].string_or_empty() == release) return true;
  return pod["metadata"]["name"].string_or_empty().rfind(release, 0) == 0;
}

bool has_crashed(const json::Value& pod) {
  for (const std::string_view list : {"containerStatuses", "initContainerStatuses"}) {
    for (const json::Value& status : pod["status"][list].items()) {
      if (status["restartCount"].int_or(0) > 0) return true;
    }
  }
  return false;
}

std::string pod_text(const json::Value& pod) {
  std::string text = "node " + pod["spec"]["nodeName"].string_or_empty() + ", phase " +
                     pod["status"]["phase"].string_or_empty() + "\n";
  for (const json::Value& condition : pod["status"]["conditions"].items()) {
    text += condition["type"].string_or_empty() + "=" + condition["status"].string_or_empty() + " " +
            condition["reason"].string_or_empty() + " " + condition["message"].string_or_empty() + "\n";
  }
  for (const std::string_view list : {"initContainerStatuses", "containerStatuses"}) {
    for (const json::Value& status : pod["status"][list].items()) {
      text += "container " + status["name"].string_or_empty() + ", image " + status["image"].string_or_empty() +
              ", restarts " + std::to_string(status["restartCount"].int_or(0)) + "\n";
      for (const std::string_view when : {"state", "lastState"}) {
        for (const auto& [word, detail] : status[when].members()) {
          text += "  " + std::string(when) + " " + word + " " + detail["reason"].string_or_empty() + " " +
                  (detail.has("exitCode") ? "exit code " + std::to_string(detail["exitCode"].int_or(0)) + " " : "") +
                  detail["message"].string_or_empty() + "\n";
        }
      }
    }
  }
  return text;
}

}  // namespace

void gather_evidence(Work& work, wire::Answer& answer) {
  Gatherer gatherer(work, answer);
  const auto items = work.kubectl.list("events,pods", work.job.namespace_name);
  if (items) {
    gatherer.add("events.txt", events_text(*items));
    std::size_t taken = 0;
    for (const json::Value& pod : *items) {
      if (pod["kind"].string_or_empty() != "Pod" || is_well(pod) || !belongs(pod, work.job.release)) continue;
      if (++taken > k_pods) break;
      const std::string& name = pod["metadata"]["name"].string_or_empty();
      gatherer.add("pods/" + name + ".txt", pod_text(pod));
      if (has_crashed(pod)) gatherer.add_logs(name, true);
      gatherer.add_logs(name, false);
    }
  }
  const auto history = work.helm.history_text();
  if (history) gatherer.add("history.txt", *history);
  gatherer.end();
}

}  // namespace sentimark::agent
