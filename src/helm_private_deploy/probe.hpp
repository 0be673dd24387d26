// Probe: what no document says of a cluster's runCommand, measured on the cluster itself (deploy.md section 8).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "azure/arm.hpp"
#include "runner/run_program.hpp"
#include "sys/sys.hpp"

namespace sentimark::helm_private_deploy {

// How far a size may go: the largest that was taken and, unless 0, the smallest that was refused. In bytes.
struct Bounds {
  std::uint64_t taken = 0;
  std::uint64_t refused = 0;
  std::string words;  // how it was refused
};

// How long a thing stays: it was there so long after its end, and unless absent was gone by `gone`.
struct Stay {
  base::Millis seen{-1};  // -1: never seen
  std::optional<base::Millis> gone;
};

struct Findings {
  std::vector<std::pair<std::string, std::string>> facts;  // of the pod, name and value, as it printed them
  Bounds context;                                          // in base64
  Bounds command;
  base::Millis ran{0};   // the longest that a command was let run
  std::string ended_by;  // how Azure ended it; empty: it ran to its own end
  bool partial_logs = false;
  std::string together;  // what two commands at the same time do
  Stay result;           // of a command, after its result was first read
  Stay read_pod;         // the pod of a command whose result was read
  Stay unread_pod;       // the pod of one that nobody asked about
};

// Runs a few dozen harmless commands in the cluster and takes up to three times `span`: the longest that one command is
// let run. Changes nothing in the cluster. Errors: those of Arm, of a cluster that takes no command at all, and
// interrupted.
base::Result<Findings> measure(sys::Sys& sys, azure::Arm& arm, azure::Entra& entra, base::Millis span);

// As a report to paste.
std::string markdown_of(const Findings& findings, const std::string& cluster, base::Millis span);
json::Value json_of(const Findings& findings);

}  // namespace sentimark::helm_private_deploy
