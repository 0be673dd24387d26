#include "sim/witness.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "json/text.hpp"

namespace sentimark::sim {
namespace {

constexpr int k_most_posts = 40;
constexpr int k_most_reduced_posts = 500;
constexpr Instant k_ever{Millis{0}};
constexpr Millis k_clocks_differ{40'000};  // two machines' at most

std::optional<wire::FenceRecord> record_in(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto value = json::parse(text);
  if (!value) return std::nullopt;
  auto record = wire::fence_from_json(*value);
  if (!record) return std::nullopt;
  return std::move(record).value();
}

std::string try_of(const std::string& operation, std::int64_t attempt) {
  return operation.substr(0, 6) + "/" + std::to_string(attempt);
}

std::string line_of(const wire::FenceRecord& record) {
  return try_of(record.operation, record.attempt) + " " + std::string(wire::word_of(record.state));
}

// The record's state behind a verdict; empty where nothing needs to stand in the record.
std::string_view state_behind(const wire::Answer& answer) {
  switch (answer.verdict) {
    case wire::Verdict::healthy:
      return "succeeded";
    case wire::Verdict::doomed:
    case wire::Verdict::helm_failed:
      return "failed";
    case wire::Verdict::rolled_back:
      return "rolled-back";
    case wire::Verdict::rollback_failed:
      return "rollback-failed";
    case wire::Verdict::uninstalled:
      return "uninstalled";
    default:
      return {};
  }
}

}  // namespace

Witness::Witness(World& world, ApiServer& api, std::string record_name)
    : world_(world), api_(api), record_name_(std::move(record_name)) {
  api.on_record = [this](const std::string& writer, const std::string& before, const std::string& after) {
    record_written(writer, before, after);
  };
}

void Witness::pod_started(const std::string& pod, const wire::Job& job, Instant accepted) {
  pods_[pod] = {job, accepted, true};
}
void Witness::pod_ended(const std::string& pod) { pods_[pod].alive = false; }

void Witness::pod_answered(const std::string& pod, const wire::Answer& answer) {
  world_.trace(pod, "answers " + std::string(wire::word_of(answer.verdict)) + " of " +
                        try_of(answer.operation, answer.attempt) + (answer.cause.empty() ? "" : ": " + answer.cause));
  const std::string_view state = state_behind(answer);
  if (state.empty()) return;
  if (recorded_.count(try_of(answer.operation, answer.attempt) + " " + std::string(state)) == 0)
    world_.violate(k_recorded, pod + " answers " + std::string(wire::word_of(answer.verdict)) + " of " +
                                   try_of(answer.operation, answer.attempt));
}

void Witness::helm_started(const std::string& pod, const HelmCall& call) {
  const wire::Job& job = pods_[pod].job;
  const std::string asked = try_of(job.operation, job.attempt);
  world_.trace(pod, "helm " + call.verb + " begins for " + asked);
  ++helm_runs_;
  if (!helms_.empty()) world_.violate(k_one_helm, *helms_.begin() + " and " + pod);
  helms_.insert(pod);
  if (call.verb == "upgrade") {
    const auto [there, first] = upgraded_.emplace(std::pair(job.operation, job.attempt), pod);
    if (!first) world_.violate(k_one_run, asked + " by " + there->second + " and " + pod);
  }
  if (call.verb == "rollback") {
    const Content* content = api_.release.content_of(call.target);
    const auto record = record_in(api_.record(record_name_));
    const bool verified = record && std::any_of(record->good.begin(), record->good.end(),
                                                [&](const auto& good) { return good.revision == call.target; });
    if (content == nullptr || !verified || !api_.release.was_healthy(content->id, k_ever, world_.now))
      world_.violate(k_back, pod + " rolls back to revision " + std::to_string(call.target));
  }
  const auto caller = runner_of_caller_.find(job.caller);
  if (caller == runner_of_caller_.end()) return;
  const RunnerView& runner = runners_[caller->second];
  if (!runner.ended || runner.killed) return;
  // Unknown, interrupted and timeout say that something may still be going on; every other end is one.
  if (runner.exit_code != 23 && runner.exit_code != 130 && runner.exit_code != 8)
    world_.violate(k_told_end, caller->second + " ended with " + std::to_string(runner.exit_code) + ", then " + pod +
                                   " starts helm " + call.verb);
}

void Witness::helm_ended(const std::string& pod) { helms_.erase(pod); }

void Witness::record_written(const std::string& writer, const std::string& before, const std::string& after) {
  const auto old = record_in(before);
  const auto now = record_in(after);
  if (!now) return world_.violate(k_truth, writer + " writes a record that nobody can read");
  world_.trace(writer, "record: " + (old ? line_of(*old) : "none") + " -> " + line_of(*now) + " beat " +
                           std::to_string(now->heartbeat));
  recorded_.insert(line_of(*now));
  judge_stop(old, *now);
  const auto pod = pods_.find(writer);
  if (!old || pod == pods_.end()) return;
  judge_good(*old, *now);
  const wire::Job& job = pod->second.job;
  const bool newer = old->operation == job.operation && old->attempt > job.attempt;
  const bool over = old->operation != job.operation && wire::earlier_try(*old, job.operation) >= job.attempt;
  if (newer || over) world_.violate(k_too_late, writer + " writes over " + line_of(*old));
  const auto run = runner_of_caller_.find(old->caller);
  if (now->operation != old->operation && run != runner_of_caller_.end() &&
      runners_[run->second].started > pod->second.accepted + k_clocks_differ)
    world_.violate(k_newer, writer + " writes over " + line_of(*old) + " of " + run->second);
  if (!wire::is_held(*old) || old->holder.token == now->holder.token || old->holder.pod == writer) return;
  // Without an agent the holder is the run itself: each of its pods writes for it.
  const bool same_try = now->operation == old->operation && now->attempt == old->attempt;
  if (job.reduced && same_try && job.caller == old->caller) return;
  ++takeovers_;
  const auto holder = pods_.find(old->holder.pod);
  if (holder != pods_.end() && holder->second.alive)
    world_.violate(k_no_robbery, writer + " takes " + line_of(*old) + " from " + old->holder.pod);
}

void Witness::judge_stop(const std::optional<wire::FenceRecord>& before, const wire::FenceRecord& after) {
  const std::string now = try_of(after.operation, after.attempt);
  const bool taken_up =
      wire::is_held(after) && (!before || !wire::is_held(*before) || before->holder.token != after.holder.token);
  if (taken_up && told_to_stop_.count(now) != 0) world_.violate(k_stopped, now);
  if (after.stop) told_to_stop_.insert(now);
  const std::int64_t refused = wire::earlier_try(after, after.operation);
  if (refused > after.attempt) told_to_stop_.insert(try_of(after.operation, refused));
}

void Witness::judge_good(const wire::FenceRecord& before, const wire::FenceRecord& after) {
  for (const wire::GoodRevision& good : after.good) {
    const bool known = std::any_of(before.good.begin(), before.good.end(),
                                   [&](const auto& other) { return other.revision == good.revision; });
    if (known) continue;
    const Content* content = api_.release.content_of(good.revision);
    if (content == nullptr || !api_.release.was_healthy(content->id, k_ever, world_.now))
      world_.violate(k_good, "revision " + std::to_string(good.revision));
  }
}

void Witness::posted(const std::string& runner_name, const wire::Job& job) {
  RunnerView& runner = runners_[runner_name];
  runner_of_caller_[job.caller] = runner_name;
  const std::string asked = try_of(job.operation, job.attempt);
  world_.trace(runner_name, "job " + std::string(wire::word_of(job.kind)) + " of " + asked + " arrives");
  // One job, many calls: what they may do is seen when they do it.
  if (job.reduced) {
    if (++runner.reduced_posts > k_most_reduced_posts) world_.violate(k_few_posts, runner_name);
    return;
  }
  if (++runner.posts > k_most_posts) world_.violate(k_few_posts, runner_name);
  if (job.kind == wire::JobKind::deploy) {
    if (runner.deploy_unlooked == asked) world_.violate(k_look_first, runner_name + " sends " + asked + " again");
    runner.deploy_unlooked = asked;
  } else {
    runner.deploy_unlooked.clear();
  }
}

void Witness::runner_started(const std::string& runner, const std::string& content) {
  runners_[runner].content = content;
  runners_[runner].started = world_.now;
  world_.trace(runner, "begins");
}

void Witness::runner_killed(const std::string& runner) {
  runners_[runner].killed = true;
  runners_[runner].ended = world_.now;
}

void Witness::runner_ended(const std::string& name, int exit_code, std::map<std::string, std::string> outputs) {
  RunnerView& runner = runners_[name];
  runner.ended = world_.now;
  runner.exit_code = exit_code;
  runner.outputs = std::move(outputs);
  world_.trace(name, "ends with " + std::to_string(exit_code) + " " + runner.outputs["exit-reason"]);
  judge_end(name, runner);
}

void Witness::judge_end(const std::string& name, const RunnerView& runner) {
  const auto output = [&](const char* key) {
    const auto found = runner.outputs.find(key);
    return found == runner.outputs.end() ? std::string() : found->second;
  };
  const auto revision = static_cast<std::int64_t>(base::parse_unsigned(output("revision")).value_or(0));
  const ReleaseModel& release = api_.release;
  const Content* content = release.content_of(revision);
  const bool stood = content != nullptr && release.was_newest(revision, runner.started, world_.now);
  if (runner.exit_code == 0) {
    if (!stood || content->id != runner.content || !release.was_healthy(content->id, k_ever, world_.now))
      world_.violate(k_truth, name + " says that revision " + std::to_string(revision) + " is healthy");
  } else if (runner.exit_code == 20) {
    if (!stood || !release.was_healthy(content->id, runner.started, world_.now))
      world_.violate(k_truth, name + " says that revision " + std::to_string(revision) + " is back");
  } else if (runner.exit_code == 24) {
    if (!release.was_newest(0, runner.started, world_.now))
      world_.violate(k_truth, name + " says that the release is gone");
  } else if (runner.exit_code == 23 || runner.exit_code == 130) {
    if (runner.posts > 0 && output("operation-id").size() != 32) world_.violate(k_truth, name + " names no operation");
  } else if (runner.exit_code == 70) {
    world_.violate(k_truth, name + " met a bug: " + output("exit-reason"));
  }
}

std::uint64_t Witness::told(int exit_code) const {
  return static_cast<std::uint64_t>(std::count_if(
      runners_.begin(), runners_.end(), [&](const auto& entry) { return entry.second.exit_code == exit_code; }));
}

}  // namespace sentimark::sim
