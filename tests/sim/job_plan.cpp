#include "sim/job_plan.hpp"

#include <array>

#include "json/text.hpp"

namespace sentimark::sim {
namespace {

std::string_view word_of(Fate fate) {
  constexpr std::array<std::string_view, 5> words{"healthy", "doomed", "stuck", "refused", "half"};
  return words[static_cast<std::size_t>(fate)];
}

}  // namespace

JobPlan some_job(Chance& chance, const std::string& name, const std::string& run_id) {
  JobPlan job;
  job.name = name;
  job.run_id = run_id;
  const std::uint64_t fate = chance.below(100);
  job.content.fate = fate < 60   ? Fate::healthy
                     : fate < 74 ? Fate::doomed
                     : fate < 82 ? Fate::stuck
                     : fate < 90 ? Fate::refused
                                 : Fate::half;
  job.content.id = name + "-content";
  job.content.hooks = chance.one_in(4) ? chance.between(1'000, 70'000) : Millis{0};
  job.content.ready = chance.one_in(3) ? chance.between(1'000, 50'000) : chance.between(0, 4'000);
  job.on_failure = chance.pick(std::array{"rollback", "rollback", "rollback", "keep", "uninstall-if-first"});
  job.on_cancel = chance.pick(std::array{"detach", "stop"});
  job.timeout = chance.pick(std::array{"70s", "2m", "4m"});
  return job;
}

std::map<std::string, std::string> runner_env(const JobPlan& job) {
  const json::Value values = json::Object{{"content", job.content.id},
                                          {"fate", word_of(job.content.fate)},
                                          {"hooks", std::int64_t{job.content.hooks.count()}},
                                          {"ready", std::int64_t{job.content.ready.count()}}};
  return {{"GITHUB_OUTPUT", "/out"},
          {"GITHUB_STEP_SUMMARY", "/summary"},
          {"RUNNER_TEMP", "/tmp"},
          {"GITHUB_REPOSITORY_ID", "1"},
          {"GITHUB_REPOSITORY", "shop/web"},
          {"GITHUB_RUN_ID", job.run_id},
          {"GITHUB_JOB", "deploy"},
          {"ACTIONS_ID_TOKEN_REQUEST_URL", "https://idtoken.example/?a=b"},
          {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token"},
          {"SENTIMARK_INPUT_CHART", "chart"},
          {"SENTIMARK_INPUT_RELEASE", k_release},
          {"SENTIMARK_INPUT_NAMESPACE", k_namespace},
          {"SENTIMARK_INPUT_CREATE_NAMESPACE", "true"},
          {"SENTIMARK_INPUT_VALUES_INLINE", json::to_text(values)},
          {"SENTIMARK_INPUT_CLIENT_ID", "client"},
          {"SENTIMARK_INPUT_TENANT_ID", "tenant"},
          {"SENTIMARK_INPUT_SUBSCRIPTION_ID", "subscription"},
          {"SENTIMARK_INPUT_RESOURCE_GROUP", "group"},
          {"SENTIMARK_INPUT_CLUSTER", "cluster"},
          {"SENTIMARK_INPUT_TIMEOUT", job.timeout},
          {"SENTIMARK_INPUT_ON_FAILURE", job.on_failure},
          {"SENTIMARK_INPUT_ON_CANCEL", job.on_cancel}};
}

}  // namespace sentimark::sim
