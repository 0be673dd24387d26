#include "verify/findings_files.hpp"

#include "runner/workflow.hpp"
#include "verify/report.hpp"
#include "version/version.hpp"

namespace sentimark::verify {

base::Result<std::string> file_for(sys::Sys& sys, const std::string& asked, std::string_view name) {
  if (!asked.empty() || !runner::in_actions(sys.env)) return asked;
  SENTIMARK_LET(folder, sys.files.make_private_dir(sys.env.get_or("RUNNER_TEMP", sys.env.get_or("TMPDIR", "/tmp"))));
  return folder + "/" + std::string(name);
}

base::Done write_result(sys::Sys& sys, const std::string& path, std::string_view text) {
  constexpr unsigned plain_file = 0644;
  return path.empty() ? base::Done() : sys.files.write(path, sys.secrets.redact(text), plain_file);
}

base::Done write_findings(sys::Sys& sys, const runner::Inputs& inputs, const std::vector<Finding>& findings,
                          std::span<const JunitSuite> suites, runner::Ending& ending) {
  SENTIMARK_LET(sarif, file_for(sys, inputs.get("sarif-file"), "verify.sarif"));
  const std::string junit = inputs.get("junit-file");
  if (!sarif.empty()) SENTIMARK_TRY(write_result(sys, sarif, sarif_of(findings, version::version())));
  if (!junit.empty()) SENTIMARK_TRY(write_result(sys, junit, junit_of(suites)));
  ending.outputs.emplace_back("sarif-file", sarif);
  ending.outputs.emplace_back("junit-file", junit);
  return {};
}

}  // namespace sentimark::verify
