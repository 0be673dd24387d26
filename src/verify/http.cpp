#include "verify/http.hpp"

#include "json/text.hpp"
#include "verify/findings_files.hpp"
#include "verify/given.hpp"
#include "verify/http_report.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

base::Done write_reports(sys::Sys& sys, const runner::Inputs& inputs, std::span<const hurl::FileResult> results) {
  if (!inputs.get("junit-file").empty()) {
    const JunitSuite suite = suite_of(results);
    SENTIMARK_TRY(write_result(sys, inputs.get("junit-file"), junit_of({&suite, 1})));
  }
  return write_http_files(sys, inputs, results);
}

}  // namespace

base::Result<HttpPlan> plan_http(sys::Sys& sys, const runner::Inputs& inputs, const std::vector<std::string>& files,
                                 runner::Ending& ending) {
  SENTIMARK_LET(timeout, read_duration(inputs, "timeout"));
  SENTIMARK_LET(options, read_run_options(sys, inputs));
  SENTIMARK_LET(variables, read_variables(sys, inputs));
  SENTIMARK_LET(read, read_files(sys, files, options, ending));
  SENTIMARK_LET(find_roots, root_finder(sys, inputs));
  return HttpPlan{std::move(read), std::move(variables), std::move(options), timeout, std::move(find_roots)};
}

base::Result<std::vector<hurl::FileResult>> ask(sys::Sys& sys, sys::Network& network, const HttpPlan& plan) {
  hurl::RunOptions options = plan.options;
  options.deadline = sys.clock.monotonic() + plan.timeout;
  std::vector<hurl::FileResult> results;
  for (const hurl::File& file : plan.files) {
    FolderFiles folder(sys.files, file.name);
    hurl::RunWorld world{
        network, sys.clock, sys.random, sys.stop, folder, plan.find_roots, [&sys](std::string_view text) {
          keep_secret(sys, text);
        }};
    SENTIMARK_LET(result, hurl::run(file, plan.variables, options, world));
    results.push_back(std::move(result));
  }
  redact(results, sys.secrets);
  return results;
}

base::Done write_http_files(sys::Sys& sys, const runner::Inputs& inputs, std::span<const hurl::FileResult> results) {
  if (!inputs.get("tap-file").empty()) SENTIMARK_TRY(write_result(sys, inputs.get("tap-file"), to_tap(results)));
  if (inputs.get("json-file").empty()) return {};
  return write_result(sys, inputs.get("json-file"), json::to_pretty_text(to_json(results)) + "\n");
}

base::Result<runner::Ending> run_http(sys::Sys& sys, sys::Network& network, const runner::Inputs& inputs) {
  const std::vector<std::string> files = given_files(inputs);
  if (files.empty())
    return base::fail(Outcome::usage, "http is missing what it works on",
                      "write verify http FILE..., or - for standard input");
  runner::Ending ending;
  auto plan = plan_http(sys, inputs, files, ending);
  if (!plan) return not_planned(std::move(plan).error(), std::move(ending));
  SENTIMARK_LET(results, ask(sys, network, *plan));
  SENTIMARK_TRY(write_reports(sys, inputs, results));
  const HttpVerdict verdict = verdict_of(results);
  ending.outcome = verdict == HttpVerdict::fail ? Outcome::refused : Outcome::ok;
  ending.reason = reason_of(results);
  if (verdict == HttpVerdict::fail) ending.cure = k_http_cure;
  tell_verdict(ending, {word_of(verdict), failures_in(results), warnings_in(results)});
  ending.outputs.emplace_back("junit-file", inputs.get("junit-file"));
  ending.remarks = remarks_of(results);
  ending.summary = to_markdown(results);
  ending.text = inputs.get("format") == "jsonl" ? to_json_lines(results) : to_text(results);
  ending.data = to_json(results);
  return ending;
}

}  // namespace sentimark::verify
