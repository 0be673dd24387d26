#include "cluster/answers.hpp"

namespace sentimark::cluster {

bool is_lost(const base::Error& error) { return error.code == "ambiguous" || error.code == "no-answer"; }

bool is_under_way(const wire::Answer& answer) {
  return answer.verdict == wire::Verdict::progressing || answer.verdict == wire::Verdict::running;
}

bool is_out_of_sight(const wire::Answer& answer) {
  return answer.verdict == wire::Verdict::progressing && answer.kind == base::row_of(base::Outcome::auth).word;
}

base::Error error_in(const wire::Answer& answer) {
  for (const base::OutcomeRow& row : base::outcome_table()) {
    if (row.word == answer.kind) return base::fail(row.outcome, answer.cause, answer.cure);
  }
  return base::fail(base::Outcome::refused, answer.cause, answer.cure);
}

}  // namespace sentimark::cluster
