// Answers: what an agent's answer, or the want of one, means to whoever asked; the same for every kind of job.
#pragma once
#include <cstdint>

#include "base/result.hpp"
#include "wire/answer.hpp"

namespace sentimark::cluster {

inline constexpr base::Millis k_call_reserve{120'000};  // for the pod's start and the answer's way
inline constexpr base::Millis k_look_again{5'000};
inline constexpr int k_unknown_looks = 5;    // at the fence, after a call of which nobody knows what became
inline constexpr std::int64_t k_tries = 20;  // of one operation, over all its runs

// Whether the call may have started something although nobody told what.
bool is_lost(const base::Error& error);

// Whether there is no verdict yet.
bool is_under_way(const wire::Answer& answer);

// Whether the rollout goes on and this identity may not see it: no waiting brings a verdict.
bool is_out_of_sight(const wire::Answer& answer);

// The error behind a refusal, or behind a rollout that is out of sight.
base::Error error_in(const wire::Answer& answer);

}  // namespace sentimark::cluster
