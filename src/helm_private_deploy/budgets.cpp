#include "helm_private_deploy/budgets.hpp"

#include <algorithm>

#include "access/inputs.hpp"
#include "base/text.hpp"

namespace sentimark::helm_private_deploy {
namespace {

constexpr base::Millis k_shortest{5'000};

// Empty: `otherwise`.
base::Result<base::Millis> span(const runner::Inputs& inputs, std::string_view name, base::Millis otherwise) {
  if (inputs.get(name).empty()) return otherwise;
  return access::time_span(inputs, name, k_shortest);
}

base::Millis reserve(const Budgets& budgets) { return budgets.diagnose + budgets.rollback; }

base::Millis within_deadline(const Budgets& budgets, base::Millis wanted, base::Millis elapsed) {
  if (budgets.deadline.count() == 0) return wanted;
  return std::clamp(budgets.deadline - reserve(budgets) - elapsed, base::Millis{0}, wanted);
}

}  // namespace

base::Result<Budgets> parse_budgets(const runner::Inputs& inputs) {
  Budgets budgets;
  SENTIMARK_LET(upgrade, access::time_span(inputs, "timeout", k_shortest));
  SENTIMARK_LET(transfer, access::time_span(inputs, "transfer-timeout", k_shortest));
  SENTIMARK_LET(verify, span(inputs, "verify-timeout", base::Millis{0}));
  SENTIMARK_LET(diagnose, access::time_span(inputs, "diagnose-timeout", k_shortest));
  SENTIMARK_LET(rollback, span(inputs, "rollback-timeout", upgrade));
  SENTIMARK_LET(deadline, span(inputs, "deadline", base::Millis{0}));
  budgets = {transfer, upgrade, verify, diagnose, rollback, deadline};
  if (deadline.count() > 0 && deadline < reserve(budgets) + k_shortest)
    return access::bad_input("deadline",
                             "leaves nothing for the upgrade: diagnose-timeout and rollback-timeout need " +
                                 base::human_duration(reserve(budgets)) + " of it",
                             "make it longer, or these shorter");
  budgets.transfer = within_deadline(budgets, transfer, base::Millis{0});
  return budgets;
}

base::Millis upgrade_allowed(const Budgets& budgets, base::Millis elapsed) {
  return within_deadline(budgets, budgets.upgrade, elapsed);
}

base::Millis verify_allowed(const Budgets& budgets, base::Millis elapsed) {
  return within_deadline(budgets, budgets.verify, elapsed);
}

base::Error nothing_left(const Budgets& budgets) {
  return base::fail(base::Outcome::timeout,
                    "nothing is left of the deadline of " + base::human_duration(budgets.deadline) +
                        " but what diagnosis and rollback may need",
                    "run the same job again, or make deadline longer");
}

void add_call(Spent& spent, const wire::Answer& answer, wire::JobKind kind, bool undoing, base::Millis took) {
  const base::Millis gathered = std::min(answer.gathered, took);
  spent.diagnose += gathered;
  took -= gathered;
  if (undoing) {
    spent.rollback += took;
    return;
  }
  const bool helm_ended = answer.verdict != wire::Verdict::running;
  const base::Millis looked = std::min(took, kind == wire::JobKind::watch && helm_ended ? took : answer.looked);
  spent.verify += looked;
  spent.upgrade += took - looked;
}

std::vector<BudgetRow> rows_of(const Budgets& budgets, const Spent& spent, base::Millis took) {
  const auto told = [](base::Millis span) { return span.count() > 0 ? base::human_duration(span) : std::string("-"); };
  const auto allowed = [](base::Millis span, std::string_view otherwise) {
    return span.count() > 0 ? base::human_duration(span) : std::string(otherwise);
  };
  return {{"transfer", told(spent.transfer), allowed(budgets.transfer, "")},
          {"upgrade", told(spent.upgrade), allowed(budgets.upgrade, "")},
          {"verify", told(spent.verify), allowed(budgets.verify, "what upgrade leaves")},
          {"diagnose", told(spent.diagnose), allowed(budgets.diagnose, "")},
          {"rollback", told(spent.rollback), allowed(budgets.rollback, "")},
          {"in all", told(took), allowed(budgets.deadline, "no deadline")}};
}

}  // namespace sentimark::helm_private_deploy
