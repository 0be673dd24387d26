#include "cluster/transfer.hpp"

#include <algorithm>
#include <set>

#include "agent/kubectl.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "cluster/answers.hpp"
#include "digest/sha256.hpp"
#include "json/text.hpp"

namespace sentimark::cluster {
namespace {

using base::Outcome;

constexpr base::Millis k_day{86'400'000};
constexpr base::Millis k_commands_take{60'000};  // of the call of one chunk
constexpr int k_tries = 3;
constexpr std::string_view k_label = "sentimark-chunk";  // its value is the day when the chunk was written
constexpr std::string_view k_file = "chunk.json";

struct Chunk {
  std::string secret;
  std::string_view bytes;
};

std::string day_of(base::WallTime at) { return base::to_rfc3339(at).substr(0, 10); }

std::string secret_text(const wire::Job& job, const Chunk& chunk, base::WallTime now) {
  return json::to_text(
      json::Object{{"apiVersion", "v1"},
                   {"kind", "Secret"},
                   {"metadata", json::Object{{"name", chunk.secret},
                                             {"namespace", job.namespace_name},
                                             {"labels", json::Object{{"app.kubernetes.io/managed-by", "sentimark"},
                                                                     {std::string(k_label), day_of(now)}}}}},
                   {"immutable", true},
                   {"data", json::Object{{std::string(wire::k_chunk_key), base::to_base64(chunk.bytes)}}}});
}

// The last two commands write the chunk and tell which are there: results_of reads them.
PodBatch batch_for(const wire::Job& job, const std::vector<Chunk>& all, base::WallTime now) {
  const std::vector<std::string> in{"-n", job.namespace_name};
  const auto kubectl = [&](std::vector<std::string> words) {
    words.insert(words.begin(), job.kubectl);
    words.insert(words.end(), in.begin(), in.end());
    return PodCommand{std::move(words)};
  };
  PodBatch batch;
  if (job.create_namespace) batch.commands.push_back({{job.kubectl, "create", "namespace", job.namespace_name}});
  // Tomorrow is kept as well: the clock of another runner may be ahead.
  const std::string label(k_label);
  const std::string old =
      label + "," + label + " notin (" + day_of(now + -k_day) + "," + day_of(now) + "," + day_of(now + k_day) + ")";
  batch.commands.push_back(kubectl({"delete", "secret", "-l", old, "--wait=false"}));
  batch.commands.push_back(kubectl({"create", "-f", std::string(k_file), "-o", "name"}));
  std::vector<std::string> look{"get", "secret", "--ignore-not-found", "-o", "name"};
  for (const Chunk& chunk : all) look.push_back(chunk.secret);
  batch.commands.push_back(kubectl(std::move(look)));
  return batch;
}

base::Error not_kept(const wire::Job& job, const PodResult& create) {
  base::Error error = agent::api_error("kubectl", std::string(base::trim(base::to_valid_utf8(create.errors))));
  if (error.code == "NotFound")
    return base::fail(Outcome::config, "namespace " + job.namespace_name + " does not exist",
                      "create it, or set the input create-namespace to true", "namespace");
  return std::move(error).within("keeping a part of the package as a Secret");
}

// The names of the chunks that are there after this call.
base::Result<std::set<std::string>> keep(sys::Sys& sys, const wire::Job& job, const Chunk& chunk,
                                         const std::vector<Chunk>& all, const RunCommand& run) {
  const base::WallTime now = sys.clock.wall();
  SENTIMARK_LET(
      call, pod_call(batch_for(job, all, now), json::to_text(wire::to_json(job)),
                     {{std::string(k_file), secret_text(job, chunk, now)}}, now + k_call_reserve + k_commands_take));
  SENTIMARK_LET(printed, run(call, k_commands_take + k_call_reserve));
  SENTIMARK_LET(results, results_in(printed, call.digest));
  if (results.size() < 2)
    return base::fail(Outcome::unknown, "the call of a chunk left no whole answer", "run again", "no-answer");
  const PodResult& look = results.back();
  SENTIMARK_LET(names, output_of(look, look.part));
  std::set<std::string> there;
  for (const std::string& line : base::lines_of(names)) {
    constexpr std::string_view kind = "secret/";
    if (line.rfind(kind, 0) == 0) there.insert(line.substr(kind.size()));
  }
  if (there.count(chunk.secret) == 0) return not_kept(job, results[results.size() - 2]);
  return there;
}

// Nothing is begun by such a call, so one that is lost leaves nothing open.
base::Result<std::set<std::string>> keep_surely(sys::Sys& sys, const wire::Job& job, const Chunk& chunk,
                                                const std::vector<Chunk>& all, const RunCommand& run) {
  for (int tries = 1;; ++tries) {
    auto there = keep(sys, job, chunk, all, run);
    if (there || !is_lost(there.error())) return there;
    if (tries == k_tries) {
      base::Error error = std::move(there).error();
      return base::fail(Outcome::remote, "a part of the package did not arrive: " + error.what,
                        "run again: what has arrived is not sent again", "chunk-lost");
    }
    sys.log.info(there.error().sentence() + "; sending the part again");
  }
}

}  // namespace

std::vector<std::string_view> chunks_of(std::string_view bytes, std::uint64_t most) {
  std::vector<std::string_view> chunks;
  for (; !bytes.empty(); bytes.remove_prefix(chunks.back().size())) chunks.push_back(bytes.substr(0, most));
  return chunks;
}

base::Result<int> transfer(sys::Sys& sys, wire::Job& job, const std::vector<Payload>& files, std::uint64_t most,
                           base::Instant until, const RunCommand& run) {
  std::vector<Chunk> all;
  std::vector<wire::JobFile> named;
  for (const Payload& file : files) {
    named.push_back({file.name, file.bytes.size(), digest::sha256_hex(file.bytes)});
    for (const std::string_view bytes : chunks_of(file.bytes, most)) {
      named.back().chunks.push_back(digest::sha256_hex(bytes));
      all.push_back({wire::chunk_secret(named.back().chunks.back()), bytes});
    }
  }
  std::set<std::string> there;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (there.count(all[i].secret) > 0) continue;
    if (sys.clock.monotonic() >= until)
      return base::fail(Outcome::timeout,
                        "time was up before part " + std::to_string(i + 1) + " of " + std::to_string(all.size()) +
                            " of the package was sent",
                        "run again: what has arrived is not sent again; or make transfer-timeout longer");
    sys.log.info("part " + std::to_string(i + 1) + " of " + std::to_string(all.size()) + ", " +
                 std::to_string(all[i].bytes.size()) + " bytes");
    SENTIMARK_LET(now_there, keep_surely(sys, job, all[i], all, run));
    there = std::move(now_there);
  }
  job.files.insert(job.files.end(), named.begin(), named.end());
  return static_cast<int>(all.size());
}

}  // namespace sentimark::cluster
