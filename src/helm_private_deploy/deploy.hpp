// Deploy: a plan carried out through a door, from the first job to the verdict, going back included.
#pragma once
#include <string>

#include "base/result.hpp"
#include "cluster/door.hpp"
#include "helm_private_deploy/budgets.hpp"
#include "helm_private_deploy/plan.hpp"
#include "sys/sys.hpp"
#include "wire/answer.hpp"

namespace sentimark::helm_private_deploy {

struct Report {
  base::Outcome outcome = base::Outcome::ok;  // ok, rolled_back, kept, rollback_failed, uninstalled
  std::string cause;                          // of a failure, one sentence
  std::string cure;
  wire::Answer last;    // how the release stands now
  wire::Answer failed;  // what was told when the release failed; meaningful unless outcome is ok
  base::Millis took{0};
  Spent spent;
  cluster::Costs costs;
};

// Few calls, each doing all it can: one deploy job, then looks of 15, 30 and 60 s until the verdict, then at most one
// job that undoes. Errors are of every kind: usage to timeout when nothing was changed, unknown when nobody can tell
// what was, interrupted when told to stop (behind Azure the operation goes on and can be joined by the same job).
base::Result<Report> deploy(sys::Sys& sys, cluster::Door& door, const Plan& plan);

}  // namespace sentimark::helm_private_deploy
