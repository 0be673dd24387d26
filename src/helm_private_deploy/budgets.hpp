// Budgets: how long each part of a deploy may take. None is spent by another: what diagnosis and going back need is
// kept free of the deadline, whatever the upgrade takes.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "runner/inputs.hpp"
#include "wire/answer.hpp"
#include "wire/job.hpp"

namespace sentimark::helm_private_deploy {

struct Budgets {
  base::Millis transfer{0};  // until the cluster is reached, and of what is sent ahead of a call
  base::Millis upgrade{0};   // until the release is healthy; with `verify` until helm has ended
  base::Millis verify{0};    // from helm's end until the release is healthy; 0: what the upgrade leaves
  base::Millis diagnose{0};  // of evidence, before anything is undone
  base::Millis rollback{0};  // until what was gone back to is healthy
  base::Millis deadline{0};  // of all of it; 0: none of its own
};

// The input timeout and those whose names end in -timeout, and deadline. Error: usage, also for a deadline that
// diagnosis and rollback would use up.
base::Result<Budgets> parse_budgets(const runner::Inputs& inputs);

// What an upgrade, or the verification after it, that begins `elapsed` after the deploy may take. Zero when the
// deadline has nothing left for it.
base::Millis upgrade_allowed(const Budgets& budgets, base::Millis elapsed);
base::Millis verify_allowed(const Budgets& budgets, base::Millis elapsed);

// Told when what is allowed is too short to begin with. Kind timeout.
base::Error nothing_left(const Budgets& budgets);

struct Spent {
  base::Millis transfer{0};
  base::Millis upgrade{0};
  base::Millis verify{0};
  base::Millis diagnose{0};
  base::Millis rollback{0};
};

// A call that took `took`, what was sent ahead of it not counted, belongs to the budgets of what it did. `undoing`:
// whether this run has begun to go back.
void add_call(Spent& spent, const wire::Answer& answer, wire::JobKind kind, bool undoing, base::Millis took);

struct BudgetRow {
  std::string_view name;
  std::string used;     // "-" for a part that was not come to
  std::string allowed;  // "what upgrade leaves" where it has none of its own
};
std::vector<BudgetRow> rows_of(const Budgets& budgets, const Spent& spent, base::Millis took);

}  // namespace sentimark::helm_private_deploy
