// Job: what the runner's half asks of the agent, in the file job.json beside the other files of the call.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "json/value.hpp"

namespace sentimark::wire {

enum class JobKind {
  deploy,     // acquire the fence, run helm, watch
  watch,      // look on; settle the verdict of a rollout that waits for one
  rollback,   // back to the newest verified revision below the failed one, and verify it
  uninstall,  // remove a first install that failed
  status,     // tell the record and helm's history; with take_hold, free it from whoever holds it
  revert,     // acquire the fence, roll back to to_revision or the last verified one, watch
  remove,     // acquire the fence, uninstall the release
  stop,       // end this try: its holder ends helm, and what nobody holds is over
  health,     // judge what stands, and wait for it; takes no fence and changes nothing
};

std::string_view word_of(JobKind kind);

struct JobFile {
  std::string name;  // a plain name beside job.json
  std::uint64_t size = 0;
  std::string sha256;
  std::vector<std::string> chunks = {};  // sha256 of each, in order, of a file that is kept in Secrets; else empty
};

// The Secret that holds a chunk, in the namespace of the release, and the key in it: docs/protocols/transfer.md.
std::string chunk_secret(std::string_view sha256);
inline constexpr std::string_view k_chunk_key = "chunk";

struct Job {
  JobKind kind = JobKind::deploy;
  std::string operation;  // 32 hex
  std::int64_t attempt = 1;
  std::string caller;        // 32 hex, one for each run of the program
  base::WallTime not_after;  // an agent that starts later leaves without a change
  // What its sender knew: its clock in milliseconds, or one more than the highest order that it was told of, whichever
  // is more. A job of lower order than another operation's record has come too late.
  std::int64_t order = 0;
  std::string release;
  std::string namespace_name;
  bool create_namespace = false;
  std::string helm = "helm";  // programs: a path, or a name looked up in PATH
  std::string kubectl = "kubectl";
  base::Millis helm_timeout{300'000};  // given to helm for hooks
  base::Millis watch_for{30'000};      // how long to look on after helm has ended
  std::string chart_sha256;            // of chart.tgz or of chart_reference: the identity of what is deployed
  std::string chart_reference;  // of a chart that helm pulls, as ChartReference::pinned; empty when chart.tgz is sent
  std::string values_sha256;    // of values.json
  bool in_pod = false;          // whether the agent, or each of its children, runs in a pod of the cluster itself
  bool reduced = false;         // the agent runs beside its sender, its children in command pods
  base::Millis gather_for{60'000};  // how long evidence of a failure may be gathered; 0 before undoing: there is some
  std::int64_t to_revision = 0;     // of revert; 0: the newest verified one below what stands
  bool take_hold = false;           // of status: a person says that the holder is dead
  std::string cause;                // why to undo, one sentence; empty for other kinds
  std::string run_url;
  base::Millis soak{0};  // of health: how long what is healthy has to stay as it is
  bool drift = false;    // of health: whether to look for drift of security fields
  json::Value cursor;    // of health: what the look before it saw; null at first
  std::vector<JobFile> files;
};

inline constexpr std::string_view k_job_file = "job.json";
inline constexpr std::string_view k_chart_file = "chart.tgz";
inline constexpr std::string_view k_values_file = "values.json";
// What helm may need to pull a chart: credentials in Docker's format, and roots of trust as PEM.
inline constexpr std::string_view k_registry_file = "registry.json";
inline constexpr std::string_view k_registry_ca_file = "registry-ca.pem";
inline constexpr std::string_view k_kinds_file = "kinds.json";    // of health, may be absent: kube::CustomKinds
inline constexpr std::string_view k_intent_file = "intent.json";  // of health, may be absent: objects as they are meant

bool has_file(const Job& job, std::string_view name);

json::Value to_json(const Job& job);

// Error: config for a missing, unknown or malformed member. Names are checked, so that they can be arguments and paths.
base::Result<Job> job_from_json(const json::Value& value);

// RFC 1123 label, at most `limit` characters: what a release (53) and a namespace (63) may be called.
bool is_dns_label(std::string_view name, std::size_t limit);

}  // namespace sentimark::wire
