// Records: what a program did, one JSON object a line, in the columns of the operational tables: log-ship ships such a
// file as it is. Columns that all streams share: time, ids, pipeline and version control (OpenTelemetry's cicd.* and
// vcs.* names), actor, outcome; what belongs to no column stands in Attributes.
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "json/value.hpp"
#include "runner/program.hpp"
#include "sys/sys.hpp"

namespace sentimark::runner {

struct Event {
  std::string_view stream;   // "PipelineEvent", "DeploymentRollback"
  std::string_view type;     // CDEvents' context.type
  std::string_view outcome;  // success, failure, error, timeout or cancellation; empty while it goes on
  std::string message;
  std::string service;          // what is deployed or judged
  std::string service_version;  //
  json::Object own;             // columns of the stream itself
  json::Object attributes;
};

class Records {
 public:
  Records(sys::Sys& sys, const Program& program) : sys_(sys), program_(program) {}

  // Writes the event down before it returns. The first one makes the file, in a private folder below RUNNER_TEMP.
  // Errors: those of sys::Files; then file() may be empty.
  base::Done add(Event event);

  const std::string& file() const { return file_; }

 private:
  sys::Sys& sys_;
  const Program& program_;
  std::string file_;
  std::string writer_;  // 32 hex digits; with Seq it names a record, and a gap shows
  std::int64_t written_ = 0;
};

}  // namespace sentimark::runner
