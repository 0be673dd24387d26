#include "base/outcome.hpp"

#include <array>

namespace sentimark::base {
namespace {

constexpr std::array<OutcomeRow, 19> k_table{{
    {Outcome::ok, 0, "succeeded", "done and verified"},
    {Outcome::usage, 2, "usage", "an input or flag is wrong: fix the workflow or the command line"},
    {Outcome::config, 3, "config", "a file is wrong: fix the chart, the values or the configuration"},
    {Outcome::auth, 4, "auth", "an identity, permission or federated credential is wrong"},
    {Outcome::network, 5, "network", "the service could not be reached after all retries: run again"},
    {Outcome::remote, 6, "remote", "the service refused or failed the request"},
    {Outcome::refused, 7, "refused", "a gate or a verification said no: the tool itself worked"},
    {Outcome::timeout, 8, "timeout", "the deadline passed; the state is described"},
    {Outcome::rolled_back, 20, "rolled-back", "the release failed; the last good revision is back and verified"},
    {Outcome::kept, 21, "failed-kept", "the release failed and was left as it is"},
    {Outcome::rollback_failed, 22, "rollback-failed", "the release failed and so did its rollback"},
    {Outcome::unknown, 23, "unknown", "the outcome is not known; the fence in the cluster names the operation"},
    {Outcome::uninstalled, 24, "uninstalled", "the first install failed and was removed"},
    {Outcome::inconclusive, 30, "inconclusive", "not enough was measured to decide"},
    {Outcome::invalid, 31, "invalid", "the measurement was at fault, not the release"},
    {Outcome::dead_letter, 65, "dead-letter", "records were refused for good and kept aside"},
    {Outcome::internal, 70, "internal", "a bug in this program: please report it"},
    {Outcome::spooled, 75, "spooled", "records are kept safely but not shipped yet"},
    {Outcome::interrupted, 130, "interrupted", "cancelled or detached; the state is described"},
}};

}  // namespace

std::span<const OutcomeRow> outcome_table() { return k_table; }

const OutcomeRow& row_of(Outcome outcome) {
  for (const OutcomeRow& row : k_table) {
    if (row.outcome == outcome) return row;
  }
  return k_table[16];  // internal: an outcome without a row is a bug, and says so
}

}  // namespace sentimark::base
