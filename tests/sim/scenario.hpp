// Scenario: one seed played to its end: a release in some state, jobs that deploy to it, re-runs, a second operation,
// what goes wrong, and at the end one more run that must put everything right.
#pragma once
#include <cstdint>
#include <string>

#include "sim/fiber.hpp"

namespace sentimark::sim {

struct Played {
  std::string promise;    // the broken one; empty when all were kept
  std::string violation;  // what happened
  std::uint64_t steps = 0;
  std::uint64_t helm_runs = 0;
  std::uint64_t takeovers = 0;
  std::uint64_t killed = 0;  // programs
  std::uint64_t stopped = 0;
  std::uint64_t good_ends = 0;  // runs that ended with 0
  std::uint64_t back_ends = 0;  // runs that ended with 20
  std::uint64_t reduced = 0;    // calls of the script in place of an agent
  std::uint64_t half_way = 0;   // seeds whose last run found a release that helm had left half way
};

Played play(std::uint64_t seed, Stacks& stacks, bool tracing);

}  // namespace sentimark::sim
