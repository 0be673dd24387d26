#include "verify/http.hpp"

#include "json/text.hpp"
#include "verify/given.hpp"
#include "verify/http_report.hpp"
#include "verify/hurl_inputs.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

base::Done write_reports(sys::Sys& sys, const runner::Inputs& inputs, std::span<const hurl::FileResult> results) {
  const auto write = [&](const std::string& input, const auto& make) -> base::Done {
    const std::string file = inputs.get(input);
    return file.empty() ? base::Done() : sys.files.write(file, make(), 0644);
  };
  SENTIMARK_TRY(write("junit-file", [&] { return to_junit(results); }));
  SENTIMARK_TRY(write("tap-file", [&] { return to_tap(results); }));
  return write("json-file", [&] { return json::to_pretty_text(to_json(results)) + "\n"; });
}

}  // namespace

base::Result<runner::Ending> run_http(sys::Sys& sys, sys::Network& network, const runner::Inputs& inputs) {
  if (given_files(inputs).empty())
    return base::fail(Outcome::usage, "http is missing what it works on",
                      "write verify http FILE..., or - for standard input");
  runner::Ending ending;
  SENTIMARK_LET(options, read_run_options(sys, inputs));
  SENTIMARK_LET(variables, read_variables(sys, inputs));
  auto files = read_files(sys, inputs, options, ending);
  if (!files) {
    ending.outcome = files.error().kind;
    ending.reason = files.error().sentence();
    ending.cure = files.error().cure;
    return ending;
  }
  SENTIMARK_LET(find_roots, root_finder(sys, inputs));

  std::vector<hurl::FileResult> results;
  for (const hurl::File& file : *files) {
    FolderFiles folder(sys.files, file.name);
    hurl::RunWorld world{network, sys.clock, sys.random, sys.stop, folder, find_roots, [&sys](std::string_view text) {
                           keep_secret(sys, text);
                         }};
    SENTIMARK_LET(result, hurl::run(file, variables, options, world));
    results.push_back(std::move(result));
  }
  redact(results, sys.secrets);
  SENTIMARK_TRY(write_reports(sys, inputs, results));
  const HttpVerdict verdict = verdict_of(results);
  ending.outcome = verdict == HttpVerdict::fail ? Outcome::refused : Outcome::ok;
  ending.reason = reason_of(results);
  ending.cure = verdict == HttpVerdict::fail ? "look at the service, or at the check" : "";
  tell_verdict(ending, {word_of(verdict), failures_in(results), warnings_in(results)});
  ending.outputs.emplace_back("junit-file", inputs.get("junit-file"));
  ending.remarks = remarks_of(results);
  ending.summary = to_markdown(results);
  ending.text = inputs.get("format") == "jsonl" ? to_json_lines(results) : to_text(results);
  ending.data = to_json(results);
  return ending;
}

}  // namespace sentimark::verify
