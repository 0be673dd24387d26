// Reduced mode: the agent in this process, each of its commands in a pod of its own, for clusters that refuse to run a
// program that is not in their image. docs/protocols/reduced.md.
#pragma once
#include "cluster/door.hpp"
#include "cluster/pod_batch.hpp"
#include "cluster/pod_processes.hpp"
#include "sys/sys.hpp"

namespace sentimark::cluster {

// One call of the cluster. `lasts`: how long its commands may take. Returns what the command printed.
using RunCommand = std::function<base::Result<std::string>(const PodCall& call, base::Millis lasts)>;

// The same as Door::run, by as many calls as the job needs. Errors as there: once something may have been changed,
// every trouble is "no-answer", but for a stop, which stays one.
base::Result<wire::Answer> run_reduced(sys::Sys& sys, wire::Job job, const std::vector<Payload>& payloads,
                                       const RunCommand& run);

}  // namespace sentimark::cluster
