// DebugBundle: all that explains one run in one archive, for whoever was not there.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "json/value.hpp"
#include "runner/run_program.hpp"
#include "sys/sys.hpp"
#include "wire/answer.hpp"

namespace sentimark::helm_private_deploy {

// What a run knows, as far as it came.
struct DebugFacts {
  std::string verb;
  std::string operation;
  std::string correlation;  // x-ms-correlation-request-id of every request to Azure
  json::Value plan;
  json::Value costs;
  json::Value status;    // the cluster's record and helm's history; null when nobody could be asked
  std::string log;       // of LogRecorder
  std::string requests;  // of HttpRecorder
  std::string records;   // the operation log; while the run goes on, its file
  std::vector<wire::Evidence> evidence;
};

// A canonical .tar.gz of bundle.json (versions, ids, how it ended), plan.json, status.json, log.jsonl, requests.jsonl,
// operation-log.jsonl, summary.md and evidence/. What is empty is left out. Every text is redacted. Error: internal.
base::Result<std::string> debug_bundle(const sys::Secrets& secrets, const DebugFacts& facts,
                                       const base::Result<runner::Ending>& done);

// Writes it (0600) and says so in the ending's summary; that it cannot be written is a warning.
void keep_debug_bundle(sys::Sys& sys, const std::string& file, const DebugFacts& facts,
                       base::Result<runner::Ending>& done);

}  // namespace sentimark::helm_private_deploy
