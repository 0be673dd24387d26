#include "agent/agent.hpp"

#include "agent/work.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "digest/sha256.hpp"
#include "json/text.hpp"
#include "wire/frame.hpp"

namespace sentimark::agent {
namespace {

using base::Outcome;
using wire::Answer;
using wire::Verdict;

constexpr std::uint64_t k_job_limit = std::uint64_t{1} << 20U;
constexpr std::uint64_t k_file_limit = std::uint64_t{64} << 20U;

base::Error damaged(const std::string& name, const std::string& how) {
  return base::fail(Outcome::refused, "file " + name + " is not as it was sent: " + how,
                    "run again; if it happens again, something on the way changes the bytes", "damaged");
}

base::Result<std::string> read_file(sys::Sys& sys, const std::string& name, std::uint64_t limit) {
  auto bytes = sys.files.read(name, limit);
  if (!bytes) return damaged(name, bytes.error().what);
  return std::move(bytes).value();
}

// A file that was too large for its call stands in Secrets. They are believed by the content that names them alone.
base::Done assemble(sys::Sys& sys, const wire::Job& job, const wire::JobFile& file) {
  Children children(sys);
  Kubectl kubectl(children, job.kubectl);
  std::string bytes;
  for (const std::string& chunk : file.chunks) {
    const std::string name = wire::chunk_secret(chunk);
    SENTIMARK_LET(secret, kubectl.get("secret", job.namespace_name, name));
    const auto part = base::from_base64(secret["data"][wire::k_chunk_key].string_or_empty());
    if (!part || digest::sha256_hex(*part) != chunk)
      return base::fail(Outcome::refused,
                        "Secret " + name + (secret.is_null() ? " is missing" : " does not hold what it is named by"),
                        secret.is_null()
                            ? "run again"
                            : "delete it where it stands in namespace " + job.namespace_name + ", and run again",
                        "chunk");
    bytes += *part;
    if (bytes.size() > file.size) break;  // no such file was sent: it is refused for its size
  }
  return sys.files.write(file.name, bytes, 0600);
}

// First the job by the digest in our arguments, then every file by the job: nothing is trusted before it is proved.
base::Result<wire::Job> proven_job(sys::Sys& sys, std::span<const std::string> arguments) {
  SENTIMARK_LET(text, read_file(sys, std::string(wire::k_job_file), k_job_limit));
  if (digest::sha256_hex(text) != arguments[2]) return damaged(std::string(wire::k_job_file), "its sha256 differs");
  SENTIMARK_LET(value, json::parse(text));
  SENTIMARK_LET(job, wire::job_from_json(value));
  if (job.operation != arguments[0] || std::to_string(job.attempt) != arguments[1])
    return damaged(std::string(wire::k_job_file), "it is for another operation or try");
  for (const wire::JobFile& file : job.files) {
    if (!file.chunks.empty()) SENTIMARK_TRY(assemble(sys, job, file));
    SENTIMARK_LET(bytes, read_file(sys, file.name, k_file_limit));
    if (bytes.size() != file.size) {
      return damaged(file.name, std::to_string(bytes.size()) + " bytes instead of " + std::to_string(file.size));
    }
    if (digest::sha256_hex(bytes) != file.sha256) return damaged(file.name, "its sha256 differs");
  }
  return job;
}

Answer answer_of(const base::Error& error) {
  Answer answer;
  answer.verdict = Verdict::refused;
  answer.kind = base::row_of(error.kind).word;
  answer.cause = error.sentence();
  answer.cure = error.cure;
  return answer;
}

base::Result<Answer> perform(sys::Sys& sys, std::span<const std::string> arguments) {
  SENTIMARK_LET(job, proven_job(sys, arguments));
  Work work(sys, std::move(job));
  // A stop names its try and leaves a newer one alone: it may come late.
  if (sys.clock.wall() > work.job.not_after && work.job.kind != wire::JobKind::stop) {
    SENTIMARK_TRY(work.fence.read());
    Answer late = recorded(work);
    if (late.verdict == Verdict::refused || late.verdict == Verdict::left) {
      late.verdict = Verdict::left;
      late.cause = "this pod started after its call had been given up";
    }
    return late;
  }
  switch (work.job.kind) {
    case wire::JobKind::deploy:
      return deploy(work);
    case wire::JobKind::watch:
      return watch(work);
    case wire::JobKind::rollback:
      return rollback(work);
    case wire::JobKind::uninstall:
      return uninstall(work);
    case wire::JobKind::status:
      return status(work);
    case wire::JobKind::revert:
      return revert(work);
    case wire::JobKind::remove:
      return remove(work);
    case wire::JobKind::stop:
      return stop(work);
    case wire::JobKind::health:
      return health(work);
  }
  return base::fail(Outcome::internal, "a job of no known kind");
}

constexpr std::string_view architecture() {
#if defined(__aarch64__)
  return "arm64";
#else
  return "amd64";
#endif
}

}  // namespace

int run(sys::Sys& sys, const Output& out, std::span<const std::string> arguments) {
  if (arguments.size() != 3 || !base::is_hex(arguments[0]) || !base::parse_unsigned(arguments[1]) ||
      arguments[2].size() != 64 || !base::is_hex(arguments[2])) {
    sys.log.error("usage: agent OPERATION TRY SHA256-OF-JOB");
    return base::row_of(Outcome::usage).exit_code;
  }
  auto done = perform(sys, arguments);
  Answer answer = done ? std::move(done).value() : answer_of(done.error());
  answer.job_sha256 = arguments[2];
  answer.architecture = architecture();
  answer.pod = sys.env.get_or("HOSTNAME", "");
  if (answer.operation.empty()) {
    answer.operation = arguments[0];
    answer.attempt = static_cast<std::int64_t>(base::parse_unsigned(arguments[1]).value_or(0));
  }
  out(wire::frame(wire::frame_nonce(arguments[2]), json::to_text(wire::to_json(answer))));
  return 0;
}

}  // namespace sentimark::agent
