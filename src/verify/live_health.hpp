// verify health of a release: judged in its cluster, waited for, and soaked.
#pragma once
#include <string>

#include "cluster/door.hpp"
#include "json/value.hpp"
#include "runner/run_program.hpp"
#include "sys/http.hpp"
#include "verify/health_report.hpp"

namespace sentimark::verify {

struct LookInputs {
  std::string operation;  // 32 hexadecimal digits, under which the calls are made
  base::Millis soak{0};
  bool drift = true;
  json::Value intent;  // the workloads as chart and values render now; null: nobody says
};

// What verify health is given. Errors: usage, config.
base::Result<LookInputs> parse_look(sys::Sys& sys, const runner::Inputs& inputs);

// The objects of a chart that have security fields.
json::Value workloads_of(json::Array objects);

// Through the door that the inputs name: looks of 30, 15, 30 and 60 s until the release is decided, at most for the
// input timeout; with a soak that much longer. Nothing in the cluster is changed, so that a call of which nobody knows
// what became is simply made again. Without a verdict by then the report is open, with what was missing.
// Errors: usage, config (kinds), refused (no such release), interrupted, and those of the door.
base::Result<HealthReport> look(sys::Sys& sys, sys::Http& http, const runner::Inputs& inputs, LookInputs look);

}  // namespace sentimark::verify
