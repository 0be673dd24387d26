#include "sim/world.hpp"

#include <algorithm>
#include <cstdio>

#include "base/time.hpp"

namespace sentimark::sim {
namespace {

// Far beyond what the longest honest seed needs; a loop of two programs that get nowhere ends here.
constexpr std::uint64_t k_step_limit = 400'000;
constexpr Millis k_time_limit{24 * 3'600'000};

}  // namespace

Actor::Actor(World& world, std::string name, std::function<void(Actor&)> body)
    : world_(world), name_(std::move(name)), body_(std::move(body)) {
  fiber_ = std::make_unique<Fiber>(world.stacks_, [this] {
    try {
      body_(*this);
    } catch (const Killed&) {
      // No destructor on the way suspends the fiber (see call), so this handler is never held across a switch.
    }
  });
}

void Actor::call() {
  if (dying_) return;  // from a destructor, while Killed is on its way
  ++calls_;
  ++world_.steps_;
  if (world_.faults) {
    if (kill_at && calls_ >= *kill_at && !killed_) {
      world_.trace(name_, "is killed at its call " + std::to_string(calls_));
      killed_ = true;
    }
    if (stop_at && calls_ >= *stop_at) {
      stop_at.reset();
      ask_stop(stop_with);
    }
    if (freeze_at && calls_ >= *freeze_at) {
      freeze_at.reset();
      freeze();
    }
  }
  if (!killed_ && world_.chance.one_in(4)) fiber_->suspend();
  if (!killed_) return;
  dying_ = true;
  throw Killed{};
}

void Actor::freeze() {
  world_.trace(name_, "stands still for " + base::human_duration(freeze_for));
  wake_ = world_.now + freeze_for;
  waiting_ = frozen_ = true;
  while (!killed_ && world_.now < wake_) fiber_->suspend();
  waiting_ = frozen_ = false;
}

void Actor::block(Instant deadline, const sys::Stop& stop) {
  if (dying_) return;
  while (!killed_ && !poked_ && !stop.requested() && world_.now < deadline) {
    waiting_ = true;
    wake_ = deadline;
    fiber_->suspend();
    waiting_ = false;
  }
  poked_ = false;
  if (!killed_) return;
  dying_ = true;
  throw Killed{};
}

void Actor::kill() {
  if (ended_) return;
  killed_ = true;
}

void Actor::ask_stop(sys::StopKind kind) {
  if (ended_ || stop_ == sys::StopKind::terminate) return;
  world_.trace(name_, kind == sys::StopKind::interrupt ? "gets SIGINT" : "gets SIGTERM");
  stop_ = kind;
  poked_ = true;
  if (on_stop) on_stop();
}

World::World(std::uint64_t seed, Stacks& stacks, bool tracing)
    : chance(seed), now{Millis{1'000'000}}, stacks_(stacks), tracing_(tracing) {}

World::~World() { end_all(); }

Actor& World::spawn(const std::string& name, std::function<void(Actor&)> body) {
  actors_.push_back(std::make_unique<Actor>(*this, name, std::move(body)));
  Actor& actor = *actors_.back();
  actor.monotonic_zero = chance.between(0, 1'000'000'000);
  alive_.push_back(&actor);
  return actor;
}

void World::at(Instant when, std::function<void()> action) { events_.emplace(std::max(when, now), std::move(action)); }

void World::resume(Actor& actor) {
  actor.fiber_->resume();
  if (!actor.fiber_->ended()) return;
  actor.ended_ = true;
  std::erase(alive_, &actor);
  actor.fiber_.reset();
  actor.body_ = nullptr;
  if (actor.on_end) actor.on_end();
}

// One thing happens: something that is due, or one of the programs that can run. False when nothing ever will.
bool World::step() {
  ++steps_;
  if (!events_.empty() && events_.begin()->first <= now) {
    const auto first = events_.begin();
    const std::function<void()> action = std::move(first->second);
    events_.erase(first);
    action();
    return true;
  }
  std::size_t ready = 0;
  Actor* chosen = nullptr;
  bool any = !events_.empty();
  Instant next = any ? events_.begin()->first : now;
  for (Actor* actor : alive_) {
    const bool roused = !actor->waiting_ || (actor->poked_ && !actor->frozen_);
    if (roused || actor->killed_ || actor->wake_ <= now) {
      if (chance.below(++ready) == 0) chosen = actor;
    } else if (!any || actor->wake_ < next) {
      next = actor->wake_;
      any = true;
    }
  }
  if (chosen != nullptr) {
    resume(*chosen);
    return true;
  }
  if (!any) return false;
  now = next;
  return true;
}

void World::run(const std::function<bool()>& done) {
  while (violation_.empty() && !done()) {
    if (steps_ > k_step_limit) violate("no endless work", std::to_string(steps_) + " steps and no end");
    if (now.since_start > k_time_limit) violate("no endless work", "a day has passed and no end");
    if (!step()) return;
  }
}

void World::end_all() {
  faults = false;
  for (Actor* actor : alive_) actor->killed_ = true;
  while (!alive_.empty()) resume(*alive_.back());
  events_.clear();
}

void World::trace(const std::string& who, const std::string& what) const {
  if (!tracing_) return;
  std::printf("%10.3f s  %-14s %s\n", static_cast<double>(now.since_start.count() - 1'000'000) / 1000.0, who.c_str(),
              what.c_str());
}

void World::violate(const std::string& promise, const std::string& how) {
  if (!violation_.empty()) return;
  promise_ = promise;
  violation_ = promise + ": " + how;
  trace("BROKEN", violation_);
}

}  // namespace sentimark::sim
