// Answer: what the agent tells, verdict first, as one JSON object inside a frame.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "json/value.hpp"
#include "wire/fence.hpp"

namespace sentimark::wire {

enum class Verdict {
  healthy,          // verified; `unchanged` tells that helm had nothing to do
  progressing,      // helm has ended well, the rollout is on its way: watch
  running,          // another pod of this try still runs helm: watch
  doomed,           // the rollout cannot succeed as it is
  helm_failed,      // helm said no; `revision` is 0 when the cluster is as it was
  rolled_back,      // the good revision is back and verified
  rollback_failed,  //
  uninstalled,      // the failed first install is gone
  interrupted,      // told to stop; the fence says how far it came
  left,             // came too late, or a newer try exists: nothing was changed
  refused,          // the fence, the files or the cluster said no: nothing was changed
};

std::string_view word_of(Verdict verdict);

struct ObjectLine {
  std::string kind;
  std::string name;
  std::string status;  // "Current", "InProgress", "Failed", …
  std::string reason;
  std::string message;
};

// One piece of what explains a failure: a relative path without "..", and its text.
struct Evidence {
  std::string name;
  std::string text;
};

struct Answer {
  Verdict verdict = Verdict::refused;
  std::string kind;   // of the error behind `refused`, and behind `progressing` where nobody may look: a word of
                      // base::outcome_table; else empty
  std::string cause;  // one sentence; empty when all is well
  std::string cure;
  std::string operation;
  std::int64_t attempt = 0;
  std::int64_t earlier_try = 0;  // highest try of the job's operation that ended before another operation came
  std::int64_t order = 0;        // of the record
  std::string caller;            // whose try is told: another run's failure is no failure of ours
  std::string job_sha256;
  bool unchanged = false;
  std::int64_t revision = 0;
  std::int64_t good_revision = 0;  // where a rollback may go; 0 when nowhere
  base::Millis waited{0};          // for the fence, before helm began: no time of the rollout
  base::Millis looked{0};          // on after helm had ended, in this call
  base::Millis gathered{0};        // evidence, in this call
  std::string helm_version;
  std::int64_t helm_exit = -1;  // -1: helm was not run
  std::string helm_output;      // its last lines
  std::string architecture;     // of the pod: amd64 or arm64
  std::string pod;
  std::string run_url;  // of whoever holds the release, on refusal
  json::Value details;  // of a status job: {"record", "history"}; of a health job: see agent/health.cpp
  std::vector<ObjectLine> objects;
  std::vector<Evidence> evidence;  // of a failed try, gathered before anything is undone
};

json::Value to_json(const Answer& answer);

// Error: unknown for a verdict that this version does not know.
base::Result<Answer> answer_from_json(const json::Value& value);

}  // namespace sentimark::wire
