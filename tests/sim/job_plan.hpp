// JobPlan: what one job of a workflow asks for, and the environment in which its runner starts.
#pragma once
#include <map>
#include <string>

#include "sim/chance.hpp"
#include "sim/release.hpp"

namespace sentimark::sim {

inline constexpr const char* k_release = "web";
inline constexpr const char* k_namespace = "shop";

struct JobPlan {
  std::string name;
  std::string run_id;
  Content content;
  std::string on_failure;
  std::string on_cancel;
  std::string timeout;
};

JobPlan some_job(Chance& chance, const std::string& name, const std::string& run_id);

// The environment variables of a run of it.
std::map<std::string, std::string> runner_env(const JobPlan& job);

}  // namespace sentimark::sim
