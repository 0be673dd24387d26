// HealthReport: what was found of objects, in a file or in a cluster, and how it is told.
#pragma once
#include <string>
#include <vector>

#include "json/value.hpp"
#include "kube/health.hpp"
#include "runner/run_program.hpp"

namespace sentimark::verify {

struct HealthReport {
  std::vector<kube::ObjectHealth> objects;
  std::size_t total = 0;  // with those that are left out of `objects` because there are too many
  json::Array drift;      // rows of kube::to_json(Drift)
  json::Array moved;      // rows of kube::to_json(Movement)
  std::string broken;     // what moved though it must not; empty when nothing did
  std::string open;       // what kept a release whose objects are all well from a verdict; empty when nothing did
  std::string cure;       // of `broken` and `open`
  std::string note;       // what else stands in the headline: "soaked for 60 s"
  bool live = false;
};

// refused when an object has failed, something moved or a security field has drifted; inconclusive when there is no
// verdict yet; else ok. Fills outcome, reason, cure, text, data, summary and the outputs of a verdict.
runner::Ending ending_of(const HealthReport& report, bool lines, bool wants_summary);

}  // namespace sentimark::verify
