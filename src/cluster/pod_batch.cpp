#include "cluster/pod_batch.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "digest/sha256.hpp"
#include "pack/deflate.hpp"
#include "reduced_script/reduced_script.hpp"
#include "wire/frame.hpp"
#include "wire/job.hpp"

namespace sentimark::cluster {
namespace {

using base::Outcome;

constexpr std::uint64_t k_output_limit = std::uint64_t{64} << 20U;
constexpr std::string_view k_nothing = "/dev/null";

base::Error no_answer(const std::string& why) {
  return base::fail(Outcome::unknown, "the command in the cluster left no whole answer: " + why,
                    "run the same job again: it finds out from the cluster and never runs helm twice", "no-answer");
}

base::Result<std::string> lines_for(const std::vector<std::string>& argv) {
  std::string lines;
  for (const std::string& argument : argv) {
    if (argument.find('\n') != std::string::npos)
      return base::fail(Outcome::config, "an argument of " + argv.front() + " holds a line break", "take it out");
    lines += argument + "\n";
  }
  return lines;
}

// The script's one line in place of results.
base::Error refusal(std::string_view line) {
  const std::string why(base::trim(line));
  if (why.rfind("damaged ", 0) == 0)
    return base::fail(Outcome::refused, "file " + why.substr(8) + " is not as it was sent",
                      "run again; if it happens again, something on the way changes the bytes", "damaged");
  if (why == "late")
    return base::fail(Outcome::refused, "this pod started after its call had been given up", "run again", "late");
  return base::fail(Outcome::refused, "the command pod has no name that a record could hold",
                    "look at the namespace aks-command", "pod-name");
}

}  // namespace

base::Result<PodCall> pod_call(const PodBatch& batch, const std::string& job_text, std::vector<Payload> payloads,
                               base::WallTime not_after) {
  PodCall call;
  call.files = std::move(payloads);
  const auto add = [&](std::string name, std::string bytes) {
    call.files.push_back({std::move(name), std::move(bytes)});
  };
  add(std::string(reduced_script::k_file), std::string(reduced_script::text()));
  add(std::string(wire::k_job_file), job_text);
  add("not-after", std::to_string(not_after.since_epoch.count() / 1000) + "\n");
  if (batch.guard) {
    SENTIMARK_LET(replace, lines_for(batch.guard->replace));
    SENTIMARK_LET(look, lines_for(batch.guard->look));
    add("guard.argv", std::move(replace));
    add("record-guard", batch.guard->object);
    add("held.argv", std::move(look));
    add("held.token", batch.guard->token + "\n");
  }
  std::string steps;
  for (std::size_t i = 0; i < batch.commands.size(); ++i) {
    const PodCommand& command = batch.commands[i];
    const std::string number = std::to_string(i + 1);
    SENTIMARK_LET(lines, lines_for(command.argv));
    add("step-" + number + ".argv", std::move(lines));
    std::string input(k_nothing);
    if (command.after_previous) input = "made/out-" + std::to_string(i);
    if (!command.after_previous && !command.input.empty()) {
      add("record-" + number, command.input);
      input = "made/record-" + number;
    }
    // A manifest holds the release's Secrets: they stay in the pod.
    const bool manifest = command.argv.size() > 2 && command.argv[1] == "get" && command.argv[2] == "manifest";
    steps += number + " " + input + " " + std::to_string(command.offset) + (manifest ? " manifest" : " all") + "\n";
  }
  add("steps", std::move(steps));
  std::string sums;
  for (const Payload& file : call.files) sums += digest::sha256_hex(file.bytes) + " " + file.name + "\n";
  call.digest = digest::sha256_hex(sums);
  add("sums", std::move(sums));
  return call;
}

base::Result<std::vector<PodResult>> results_in(const std::string& printed, const std::string& digest) {
  const std::string_view nonce = wire::frame_nonce(digest);
  if (base::contains(printed, "\nsentimark-refused " + std::string(nonce) + " no-sha256sum\n"))
    return base::fail(
        Outcome::refused,
        "the command pod can neither execute the agent nor prove the bytes it was sent: it has no sha256sum",
        "exempt the namespace aks-command from the rule that blocks programs which are not in the image",
        "no-sha256sum");
  auto payload = wire::find_frame(printed, nonce);
  if (!payload) return no_answer(payload.error().what);
  constexpr std::string_view refused = "refused ";
  if (payload->rfind(refused, 0) == 0) return refusal(std::string_view(*payload).substr(refused.size()));
  std::vector<PodResult> results;
  for (std::string_view rest = *payload; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return no_answer("a result has no end");
    const std::vector<std::string> words = base::split(rest.substr(0, end), ' ');
    rest.remove_prefix(end + 1);
    if (words.size() != 8 || words[0] != "result") return no_answer("a result cannot be read");
    const auto code = base::parse_unsigned(words[1]);
    const auto size = base::parse_unsigned(words[4]);
    const auto part = base::parse_unsigned(words[6]);
    const auto errors = base::parse_unsigned(words[7]);
    if (!code || !size || !part || !errors || *part > rest.size() || *errors > rest.size() - *part)
      return no_answer("a result is not as long as it says");
    results.push_back({static_cast<int>(*code & 0xffU), words[2] != "0", words[3] == "gzip", *size, words[5],
                       std::string(rest.substr(0, *part)), std::string(rest.substr(*part, *errors))});
    rest.remove_prefix(*part + *errors);
  }
  return results;
}

base::Result<std::string> output_of(const PodResult& result, const std::string& whole) {
  if (digest::sha256_hex(whole) != result.sha256) return no_answer("an output is not as it was");
  if (!result.packed) return whole;
  auto bytes = base::from_base64(whole);
  if (!bytes) return no_answer(bytes.error().what);
  auto text = pack::gunzip(*bytes, k_output_limit);
  if (!text) return no_answer(text.error().what);
  return std::move(text).value();
}

}  // namespace sentimark::cluster
