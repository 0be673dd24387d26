// Evidence: what explains a failed try, gathered while it still stands, before anything is undone.
#pragma once
#include "agent/work.hpp"

namespace sentimark::agent {

// Adds to the answer, newest and most telling first: events, the release's pods that are not well with their conditions
// and the last lines of their containers (of the one before as well, where one crashed), logs of hooks, helm's history.
// Bounded: at most 24 pieces, 12 kB each and 160 kB together. What cannot be read is left out; nothing here is an
// error. Secret objects are never read.
void gather_evidence(Work& work, wire::Answer& answer);

}  // namespace sentimark::agent
