// Failure signatures: from what a program or the cluster printed to a cause, a cure and what may be done unasked.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kube/pattern.hpp"

namespace sentimark::kube {

enum class Act {
  automatic,  // trying again is safe under the row's guard
  wait,       // it may mend itself
  rollback,   // it will not: evidence first, then the last good revision unless on-failure says keep
  human       // only a person can change what is wrong
};

std::string_view word_of(Act act);  // "automatic", "wait", "rollback", "human"

struct Signature {
  std::string_view id;
  Act act;
  int tries;                  // automatic: how often; 0 for as long as the deadline allows
  int patience;               // seconds for which the sign may stand before it is proof; 0: the first sight is proof
  Act then;                   // what follows when tries or patience are used up
  std::string_view patterns;  // alternatives, one a line
  std::string_view guard;     // what must hold for an automatic act to be safe; may be empty
  std::string_view cause;     // one sentence, a template over the fields
  std::string_view advice;    // the same
};

// Rows in order: the first that fits is the answer, so special ones stand before general ones.
std::span<const Signature> transport_signatures();  // Azure Resource Manager, Run Command, Entra, the API server's door
std::span<const Signature> helm_signatures();       // what helm prints
std::span<const Signature> workload_signatures();   // "Reason: message" of pods, conditions and events

struct Diagnosis {
  const Signature* row = nullptr;
  std::string cause;
  std::string advice;
  std::vector<Field> fields;  // taken from the text; then those that were known before
};

// Nothing when no row fits. `known` are fields that the asker has from elsewhere, such as the image.
std::optional<Diagnosis> diagnose(std::span<const Signature> rows, std::string_view text,
                                  std::vector<Field> known = {});

}  // namespace sentimark::kube
