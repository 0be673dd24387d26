// What every verb that judges has in common: the files that it was given, and the outputs that say how it went.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "runner/run_program.hpp"

namespace sentimark::verify {

// The operands, then those of the input file: an action has no operands.
std::vector<std::string> given_files(const runner::Inputs& inputs);

// Why nothing could be begun: with the remarks of the ending where there are any, for then the log has all of it at its
// places.
base::Result<runner::Ending> not_planned(base::Error error, runner::Ending ending);

struct Told {
  std::string_view verdict;  // pass, warn, fail or inconclusive
  std::size_t failures = 0;
  std::size_t warnings = 0;
};

// Adds the outputs verdict, failures and warnings.
void tell_verdict(runner::Ending& ending, const Told& told);

}  // namespace sentimark::verify
