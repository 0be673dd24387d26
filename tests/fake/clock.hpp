// FakeClock: virtual time. Sleeping takes no time at all; what was planned for the slept span happens on the way.
#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "fake/stop.hpp"
#include "sys/clock.hpp"

namespace sentimark::fake {

class FakeClock final : public sys::Clock {
 public:
  base::WallTime wall() override { return wall_; }
  base::Instant monotonic() override { return now_; }

  bool sleep_until(base::Instant deadline, const sys::Stop& stop) override {
    ++sleeps;
    while (!stop.requested()) {
      const bool due = !planned_.empty() && planned_.begin()->first <= deadline;
      if (!due) {
        advance_to(deadline);
        return true;
      }
      run_first();
    }
    return false;
  }

  // Runs `action` when virtual time reaches `at`, for example a stop in the middle of a wait.
  void plan(base::Instant at, std::function<void()> action) { planned_.emplace(at, std::move(action)); }

  // Time passes for everybody, also outside a sleep; due actions run.
  void advance(base::Millis span) {
    const base::Instant end = now_ + span;
    while (!planned_.empty() && planned_.begin()->first <= end) run_first();
    advance_to(end);
  }

  // The wall clock of a machine may jump; the monotonic one may not.
  void set_wall(base::WallTime wall) { wall_ = wall; }

  int sleeps = 0;

 private:
  void advance_to(base::Instant at) {
    if (at <= now_) return;
    wall_ = wall_ + (at - now_);
    now_ = at;
  }
  void run_first() {
    const auto first = planned_.begin();
    advance_to(first->first);
    const std::function<void()> action = std::move(first->second);
    planned_.erase(first);
    action();
  }
  base::Instant now_{base::Millis{1'000'000}};                   // not zero, so that nothing relies on it
  base::WallTime wall_{base::Millis{1'767'323'045'000}};         // 2026-01-02T03:04:05Z
  std::multimap<base::Instant, std::function<void()>> planned_;  // equal times keep their order
};

}  // namespace sentimark::fake
