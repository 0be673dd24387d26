// PodBatch: commands for one command pod as the files of a call for reduced.sh, and what it answers. Pure.
// docs/protocols/reduced.md.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "cluster/door.hpp"

namespace sentimark::cluster {

// In a record that is written, these stand for the name of the pod that writes it and its namespace.
inline constexpr std::string_view k_pod_mark = "@sentimark-pod@";
inline constexpr std::string_view k_namespace_mark = "@sentimark-namespace@";

struct PodCommand {
  std::vector<std::string> argv;
  std::string input = {};
  bool after_previous = false;  // its input is the output of the command before
  std::uint64_t offset = 0;     // of the output to tell, in the form it travels in
};

// A replace of the fence record that has to be won before the first command may start.
struct PodGuard {
  std::vector<std::string> replace;  // its input: `object`
  std::string object;
  std::vector<std::string> look;  // prints the record, every ten seconds while the first command runs…
  std::string token;              // …which is ended once this does not stand in it
};

struct PodBatch {
  std::optional<PodGuard> guard;
  std::vector<PodCommand> commands;
};

struct PodCall {
  std::vector<Payload> files;
  std::string digest;  // the script's argument: sha256 of the file that vouches for all others
  std::string command() const { return "exec sh ./reduced.sh " + digest; }
};

// Error: config for an argument that holds a line break.
base::Result<PodCall> pod_call(const PodBatch& batch, const std::string& job_text, std::vector<Payload> payloads,
                               base::WallTime not_after);

struct PodResult {
  int exit_code = -1;
  bool stopped = false;  // the pod had been told to go
  bool packed = false;
  std::uint64_t size = 0;  // of the whole output, in the form it travels in
  std::string sha256;      // of that
  std::string part;        // from the command's offset on, as much as there was room for
  std::string errors;      // the last of standard error
};

// In the order of the commands, the guard's before them. Errors: refused where the script says that it may not begin,
// unknown with code "no-answer" without a whole answer.
base::Result<std::vector<PodResult>> results_in(const std::string& printed, const std::string& digest);

// The output once all of it is there. Error: unknown.
base::Result<std::string> output_of(const PodResult& result, const std::string& whole);

}  // namespace sentimark::cluster
