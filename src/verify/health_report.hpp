// HealthReport: what was found of objects, in a file or in a cluster, and how it is told.
#pragma once
#include <string>
#include <vector>

#include "json/value.hpp"
#include "kube/health.hpp"
#include "runner/run_program.hpp"
#include "verify/finding.hpp"

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
  std::int64_t revision = 0;  // of a live release
  std::string cluster;        // where it runs, as cluster::Door names it
};

// What an object says, also where it says nothing.
std::string message_of(const kube::ObjectHealth& health);

inline constexpr std::string_view k_drift_cure =
    "deploy the release again, or change the chart if the cluster is right";

// How it ended: refused when an object has failed, something moved or a security field has drifted; inconclusive when
// there is no verdict yet; else ok. With reason and cure.
struct HealthEnd {
  base::Outcome outcome = base::Outcome::ok;
  std::string reason;
  std::string cure;
  std::string headline;  // one clause
};
HealthEnd end_of(const HealthReport& report);

// The same as a program ends, with text, data, summary and the outputs of a verdict. `findings` are those of the
// report, placed.
runner::Ending ending_of(const HealthReport& report, const std::vector<Finding>& findings, std::string_view format,
                         bool wants_summary);

}  // namespace sentimark::verify
