#include "verify/given.hpp"

namespace sentimark::verify {

std::vector<std::string> given_files(const runner::Inputs& inputs) {
  std::vector<std::string> files = inputs.operands();
  for (std::string& file : inputs.lines("file")) files.push_back(std::move(file));
  return files;
}

base::Result<runner::Ending> not_planned(base::Error error, runner::Ending ending) {
  if (ending.remarks.empty()) return error;
  ending.outcome = error.kind;
  ending.reason = error.sentence();
  ending.cure = error.cure;
  return ending;
}

void tell_verdict(runner::Ending& ending, const Told& told) {
  ending.outputs.emplace_back("verdict", told.verdict);
  ending.outputs.emplace_back("failures", std::to_string(told.failures));
  ending.outputs.emplace_back("warnings", std::to_string(told.warnings));
}

}  // namespace sentimark::verify
