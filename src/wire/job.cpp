#include "wire/job.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "wire/chart_reference.hpp"
#include "wire/fence.hpp"

namespace sentimark::wire {
namespace {

constexpr std::int64_t k_version = 1;
constexpr std::array<std::string_view, 9> k_kinds{"deploy", "watch",  "rollback", "uninstall", "status",
                                                  "revert", "remove", "stop",     "health"};
constexpr std::size_t k_release_limit = 53;    // helm's own
constexpr std::size_t k_namespace_limit = 63;  // RFC 1123
constexpr std::int64_t k_longest_wait = 86'400'000;

base::Error bad(const std::string& member) {
  return base::fail(base::Outcome::config, "job.json: '" + member + "' is missing or malformed",
                    "use two halves of one version");
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && name.front() != '.' && name.front() != '-' && name.find_first_of("/\\") == std::string::npos;
}

bool is_program(const std::string& program) { return !program.empty() && program.front() != '-'; }

bool is_digest(const std::string& text) { return text.size() == 64 && base::is_hex(text); }

bool is_id(const std::string& text) { return text.size() == 32 && base::is_hex(text); }

base::Result<std::vector<JobFile>> files_from_json(const json::Value& value) {
  std::vector<JobFile> files;
  for (const json::Value& row : value.items()) {
    JobFile file{row["name"].string_or_empty(), 0, row["sha256"].string_or_empty()};
    const std::int64_t size = row["size"].int_or(-1);
    if (!is_plain_name(file.name) || size < 0 || !is_digest(file.sha256)) return bad("files");
    file.size = static_cast<std::uint64_t>(size);
    for (const json::Value& chunk : row["chunks"].items()) {
      if (!is_digest(chunk.string_or_empty())) return bad("files");
      file.chunks.push_back(chunk.string_or_empty());
    }
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

std::string_view word_of(JobKind kind) { return k_kinds[static_cast<std::size_t>(kind)]; }

bool is_dns_label(std::string_view name, std::size_t limit) {
  if (name.empty() || name.size() > limit || name.front() == '-' || name.back() == '-') return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

std::string chunk_secret(std::string_view sha256) { return "sentimark-chunk-" + std::string(sha256); }

bool has_file(const Job& job, std::string_view name) {
  return std::any_of(job.files.begin(), job.files.end(), [&](const JobFile& file) { return file.name == name; });
}

json::Value to_json(const Job& job) {
  json::Value value = json::Value::object();
  value.set("version", k_version);
  value.set("kind", word_of(job.kind));
  value.set("operation", job.operation);
  value.set("try", job.attempt);
  value.set("caller", job.caller);
  value.set("notAfter", base::to_rfc3339(job.not_after));
  value.set("order", job.order);
  value.set("release", job.release);
  value.set("namespace", job.namespace_name);
  value.set("createNamespace", job.create_namespace);
  value.set("helm", job.helm);
  value.set("kubectl", job.kubectl);
  value.set("helmTimeoutMs", std::int64_t{job.helm_timeout.count()});
  value.set("watchForMs", std::int64_t{job.watch_for.count()});
  value.set("chart", job.chart_sha256);
  if (!job.chart_reference.empty()) value.set("chartReference", job.chart_reference);
  value.set("values", job.values_sha256);
  value.set("inPod", job.in_pod);
  value.set("reduced", job.reduced);
  value.set("gatherMs", std::int64_t{job.gather_for.count()});
  value.set("toRevision", job.to_revision);
  value.set("takeHold", job.take_hold);
  value.set("cause", job.cause);
  value.set("runUrl", job.run_url);
  if (job.kind == JobKind::health) {
    value.set("soakMs", std::int64_t{job.soak.count()});
    value.set("drift", job.drift);
    value.set("cursor", job.cursor);
  }
  json::Value files = json::Value::array();
  for (const JobFile& file : job.files) {
    json::Value row = json::Value::object();
    row.set("name", file.name);
    row.set("size", static_cast<std::int64_t>(file.size));
    row.set("sha256", file.sha256);
    if (!file.chunks.empty()) row.set("chunks", json::Array(file.chunks.begin(), file.chunks.end()));
    files.push(std::move(row));
  }
  value.set("files", std::move(files));
  return value;
}

base::Result<Job> job_from_json(const json::Value& value) {
  if (value["version"].int_or(0) != k_version) return bad("version");
  Job job;
  const auto kind = std::find(k_kinds.begin(), k_kinds.end(), value["kind"].string_or_empty());
  if (kind == k_kinds.end()) return bad("kind");
  job.kind = static_cast<JobKind>(kind - k_kinds.begin());
  job.operation = value["operation"].string_or_empty();
  if (!is_id(job.operation)) return bad("operation");
  job.attempt = value["try"].int_or(0);
  if (job.attempt < 1) return bad("try");
  SENTIMARK_LET(not_after, base::from_rfc3339(value["notAfter"].string_or_empty()));
  job.not_after = not_after;
  job.order = order_in(value["order"]);
  job.caller = value["caller"].string_or_empty();
  if (!is_id(job.caller)) return bad("caller");
  job.release = value["release"].string_or_empty();
  if (!is_dns_label(job.release, k_release_limit)) return bad("release");
  job.namespace_name = value["namespace"].string_or_empty();
  if (!is_dns_label(job.namespace_name, k_namespace_limit)) return bad("namespace");
  job.create_namespace = value["createNamespace"].bool_or(false);
  job.helm = value["helm"].string_or_empty();
  job.kubectl = value["kubectl"].string_or_empty();
  if (!is_program(job.helm) || !is_program(job.kubectl)) return bad("helm, kubectl");
  const std::int64_t helm_timeout = value["helmTimeoutMs"].int_or(0);
  const std::int64_t watch_for = value["watchForMs"].int_or(-1);
  const std::int64_t gather_for = value["gatherMs"].int_or(-1);
  if (helm_timeout < 1000 || helm_timeout > k_longest_wait) return bad("helmTimeoutMs");
  if (watch_for < 0 || watch_for > k_longest_wait) return bad("watchForMs");
  if (gather_for < 0 || gather_for > k_longest_wait) return bad("gatherMs");
  job.helm_timeout = base::Millis{helm_timeout};
  job.watch_for = base::Millis{watch_for};
  job.gather_for = base::Millis{gather_for};
  job.chart_sha256 = value["chart"].string_or_empty();
  job.values_sha256 = value["values"].string_or_empty();
  if (job.kind == JobKind::deploy && (!is_digest(job.chart_sha256) || !is_digest(job.values_sha256)))
    return bad("chart, values");
  job.chart_reference = value["chartReference"].string_or_empty();
  if (!job.chart_reference.empty()) {
    const auto reference = parse_chart_reference(job.chart_reference);
    const bool pinned = reference && reference->pinned() == job.chart_reference;
    if (!pinned || reference->digest != job.chart_sha256) return bad("chartReference");
  }
  job.in_pod = value["inPod"].bool_or(false);
  job.reduced = value["reduced"].bool_or(false);
  job.to_revision = value["toRevision"].int_or(-1);
  if (job.to_revision < 0) return bad("toRevision");
  job.take_hold = value["takeHold"].bool_or(false);
  job.cause = value["cause"].string_or_empty();
  job.run_url = value["runUrl"].string_or_empty();
  const std::int64_t soak = value["soakMs"].int_or(0);
  if (soak < 0 || soak > k_longest_wait) return bad("soakMs");
  job.soak = base::Millis{soak};
  job.drift = value["drift"].bool_or(false);
  job.cursor = value["cursor"];
  SENTIMARK_LET(files, files_from_json(value["files"]));
  job.files = std::move(files);
  return job;
}

}  // namespace sentimark::wire
