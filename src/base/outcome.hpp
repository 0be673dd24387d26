// One table of how a run can end: the word that outputs carry, the process exit code, and what it asks of the user.
#pragma once
#include <span>
#include <string_view>

namespace sentimark::base {

// An Error's kind and a program's end are the same vocabulary: the kind says what action to take.
enum class Outcome {
  ok,
  usage,
  config,
  auth,
  network,
  remote,
  refused,
  timeout,
  rolled_back,
  kept,
  rollback_failed,
  unknown,
  uninstalled,
  inconclusive,
  invalid,
  dead_letter,
  internal,
  spooled,
  interrupted,
};

struct OutcomeRow {
  Outcome outcome;
  int exit_code;
  std::string_view word;     // value of the `status` and `exit-reason` outputs
  std::string_view meaning;  // one line for --help and docs/exit-codes.md
};

// Every outcome once, in ascending exit code.
std::span<const OutcomeRow> outcome_table();

const OutcomeRow& row_of(Outcome outcome);

}  // namespace sentimark::base
