#include "helm_private_deploy/told.hpp"

#include "base/text.hpp"
#include "cluster/answers.hpp"
#include "kube/signature.hpp"

namespace sentimark::helm_private_deploy {

using base::Outcome;
using cluster::is_under_way;
using wire::Answer;
using wire::Verdict;

bool had_trouble(const Answer& answer) {
  if (answer.verdict != Verdict::refused) return false;
  for (const Outcome trouble : {Outcome::network, Outcome::remote, Outcome::timeout}) {
    if (answer.kind == base::row_of(trouble).word) return true;
  }
  return false;
}

bool knows_nothing(const Answer& answer, const std::string& operation, std::int64_t attempt) {
  if (answer.verdict == Verdict::refused) return answer.kind.empty();
  if (answer.operation != operation) return answer.verdict == Verdict::left && answer.earlier_try < attempt;
  return answer.attempt < attempt && answer.verdict != Verdict::healthy && !is_under_way(answer);
}

Outcome kind_of_helm_failure(const std::string& cause) {
  for (const std::string_view sign :
       {"parse error", "error calling", "nil pointer evaluating", "can't evaluate field",
        "specifications of the schema", "execution error at", "error converting YAML",
        "unable to build kubernetes objects", "unable to load chart", "no matches for kind"}) {
    if (base::contains(cause, sign)) return Outcome::config;
  }
  return Outcome::remote;
}

Answer with_cure(Answer failed) {
  if (!failed.cure.empty()) return failed;
  if (const auto known = kube::diagnose(kube::helm_signatures(), failed.cause)) failed.cure = known->advice;
  return failed;
}

}  // namespace sentimark::helm_private_deploy
