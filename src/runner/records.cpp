#include "runner/records.hpp"

#include <array>

#include "base/text.hpp"
#include "base/time.hpp"
#include "json/text.hpp"
#include "runner/workflow.hpp"
#include "version/version.hpp"

namespace sentimark::runner {
namespace {

constexpr int k_schema = 1;

// Six decimals, as the tables want them; our clock has three.
std::string column_time(base::WallTime at) {
  const std::string seconds = base::to_rfc3339(at);
  const std::string millis = std::to_string(1'000 + (at.since_epoch.count() % 1'000 + 1'000) % 1'000).substr(1);
  return seconds.substr(0, seconds.size() - 1) + "." + millis + "000Z";
}

struct Column {
  std::string_view name;
  std::string_view variable;
};

constexpr std::array<Column, 8> k_job{{{"PipelineName", "GITHUB_WORKFLOW"},
                                       {"PipelineRunId", "GITHUB_RUN_ID"},
                                       {"TaskName", "GITHUB_JOB"},
                                       {"WorkerName", "RUNNER_NAME"},
                                       {"Repository", "GITHUB_REPOSITORY"},
                                       {"RefName", "GITHUB_REF_NAME"},
                                       {"Revision", "GITHUB_SHA"},
                                       {"Actor", "GITHUB_ACTOR"}}};

struct Severity {
  std::string_view text;
  int number;  // OpenTelemetry's SeverityNumber
};

Severity severity_of(std::string_view outcome) {
  if (outcome.empty() || outcome == "success") return {"INFO", 9};
  return outcome == "cancellation" ? Severity{"WARN", 13} : Severity{"ERROR", 17};
}

}  // namespace

base::Done Records::add(Event event) {
  if (file_.empty()) {
    const std::string parent = sys_.env.get_or("RUNNER_TEMP", sys_.env.get_or("TMPDIR", "/tmp"));
    SENTIMARK_LET(folder, sys_.files.make_private_dir(parent));
    file_ = folder + "/" + std::string(program_.name) + ".jsonl";
    writer_ = sys::random_id(sys_.random);
  }
  const std::string now = column_time(sys_.clock.wall());
  const Severity severity = severity_of(event.outcome);
  json::Value line = json::Object{{"Stream", event.stream},
                                  {"TimeGenerated", now},
                                  {"EventTime", now},
                                  {"RecordId", sys::random_id(sys_.random)},
                                  {"WriterId", writer_},
                                  {"Seq", ++written_},
                                  {"EventType", event.type},
                                  {"SchemaVersion", k_schema},
                                  {"Severity", severity.text},
                                  {"SeverityNumber", severity.number},
                                  {"Message", std::move(event.message)},
                                  {"Outcome", event.outcome},
                                  {"ServiceName", std::move(event.service)},
                                  {"ServiceVersion", std::move(event.service_version)}};
  for (const Column& column : k_job) line.set(column.name, sys_.env.get_or(column.variable, ""));
  line.set("PipelineRunUrl", run_url(sys_.env));
  line.set("RunAttempt",
           static_cast<std::int64_t>(base::parse_unsigned(sys_.env.get_or("GITHUB_RUN_ATTEMPT", "1")).value_or(1)));
  line.set("Client", std::string(program_.name) + "/" + std::string(version::version()));
  for (auto& [name, value] : event.own) line.set(name, std::move(value));
  line.set("Attributes", json::Value(std::move(event.attributes)));
  return sys_.files.append(file_, sys_.secrets.redact(json::to_text(line)) + "\n");
}

}  // namespace sentimark::runner
