// Witness: sees everything that happens in the simulated world and knows what must never happen in it. Each promise has
// the name under which a broken one is told.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/api_server.hpp"
#include "sim/helm_model.hpp"
#include "sim/world.hpp"
#include "wire/answer.hpp"
#include "wire/fence.hpp"
#include "wire/job.hpp"

namespace sentimark::sim {

inline constexpr const char* k_one_run = "one helm run for a try";
inline constexpr const char* k_one_helm = "never two helm processes on a release";
inline constexpr const char* k_no_robbery = "no live holder is robbed";
inline constexpr const char* k_too_late = "who comes too late writes nothing";
inline constexpr const char* k_newer = "a late pod leaves a newer operation alone";
inline constexpr const char* k_recorded = "a verdict stands in the record before it is told";
inline constexpr const char* k_truth = "what is told is true";
inline constexpr const char* k_good = "only what was healthy is recorded as good";
inline constexpr const char* k_back = "a rollback goes to a verified revision";
inline constexpr const char* k_look_first = "no second POST without a look at the record";
inline constexpr const char* k_few_posts = "a run sends few POSTs";
inline constexpr const char* k_told_end = "nothing is done after an end was told";
inline constexpr const char* k_stopped = "a try that was told to stop is taken up by nobody";
inline constexpr const char* k_converges = "one more run converges";

struct PodView {
  wire::Job job;
  Instant accepted;    // when Azure took the POST
  bool alive = false;  // its process
};

struct RunnerView {
  std::string content;
  Instant started;
  std::optional<Instant> ended;
  bool killed = false;
  int exit_code = -1;
  std::map<std::string, std::string> outputs;
  int posts = 0;
  int reduced_posts = 0;
  std::string deploy_unlooked;  // "operation/try" of a deploy POST that no look has followed yet
};

class Witness {
 public:
  Witness(World& world, ApiServer& api, std::string record_name);

  void pod_started(const std::string& pod, const wire::Job& job, Instant accepted);
  void pod_ended(const std::string& pod);
  void pod_answered(const std::string& pod, const wire::Answer& answer);
  void helm_started(const std::string& pod, const HelmCall& call);
  void helm_ended(const std::string& pod);
  void posted(const std::string& runner, const wire::Job& job);
  void runner_started(const std::string& runner, const std::string& content);
  void runner_ended(const std::string& runner, int exit_code, std::map<std::string, std::string> outputs);
  void runner_killed(const std::string& runner);

  const RunnerView& runner(const std::string& name) { return runners_[name]; }
  std::uint64_t helm_runs() const { return helm_runs_; }
  std::uint64_t takeovers() const { return takeovers_; }
  std::uint64_t told(int exit_code) const;

 private:
  void record_written(const std::string& writer, const std::string& before, const std::string& after);
  void judge_stop(const std::optional<wire::FenceRecord>& before, const wire::FenceRecord& after);
  void judge_good(const wire::FenceRecord& before, const wire::FenceRecord& after);
  void judge_end(const std::string& name, const RunnerView& runner);
  World& world_;
  ApiServer& api_;
  const std::string record_name_;
  std::map<std::string, PodView> pods_;
  std::map<std::string, RunnerView> runners_;
  std::map<std::string, std::string> runner_of_caller_;
  std::map<std::pair<std::string, std::int64_t>, std::string> upgraded_;  // operation, try -> pod
  std::set<std::string> helms_;                                           // pods whose helm runs
  std::set<std::string> told_to_stop_;                                    // "operation/try"
  std::set<std::string> recorded_;                                        // "operation/try state"
  std::uint64_t helm_runs_ = 0;
  std::uint64_t takeovers_ = 0;
};

}  // namespace sentimark::sim
