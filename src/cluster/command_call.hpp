// CommandCall: one runCommand as it is posted, for whoever posts it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "cluster/door.hpp"
#include "cluster/parcel.hpp"
#include "pack/entry.hpp"

namespace sentimark::cluster {

struct CommandCall {
  Parcel parcel;
  std::string command;           // the command line, fixed text but for the job's three arguments
  std::string context;           // a ZIP
  std::uint64_t agent_size = 0;  // how much of it the agents are
};

// The job with the agents of these architectures ("amd64", "arm64"; none named: all).
// Error: config for a payload's name that no archive may hold.
base::Result<CommandCall> command_call(wire::Job job, const std::vector<Payload>& payloads,
                                       const std::string& architecture);

// The same files as they stand in the context, for somebody who packs them otherwise.
base::Result<std::vector<pack::Entry>> files_of(const CommandCall& call, const std::vector<Payload>& payloads,
                                                const std::string& architecture);

// Fixed text, then three arguments of hexadecimal digits only. It ends in exec, so that the pod's signals reach the
// agent and its exit code is the command's.
std::string command_line(const std::vector<std::string>& arguments);

}  // namespace sentimark::cluster
