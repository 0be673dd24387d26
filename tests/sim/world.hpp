// World: virtual time, the order of everything that happens, and the programs that run in it.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "sim/chance.hpp"
#include "sim/fiber.hpp"
#include "sys/stop.hpp"

namespace sentimark::sim {

using base::Instant;
using base::Millis;

// What a clock that is right shows when the world begins.
inline constexpr Millis k_epoch{1'767'323'045'000};  // 2026-01-02T03:04:05Z

// Thrown through a program that is killed: its frames end without another effect. Never a std::exception, so that
// nothing of ours catches it.
struct Killed {};

class World;

// One running program. It runs until a call of its Sys hands the baton on.
class Actor final : public sys::Stop {
 public:
  Actor(World& world, std::string name, std::function<void(Actor&)> body);

  // Every call of a Sys begins here: somebody else may run first, and this program may be killed or told to stop.
  void call();
  // Returns at the deadline, when poked or when `stop` asks for it. Precondition: inside this actor's own body.
  void block(Instant deadline, const sys::Stop& stop);

  void kill();                        // SIGKILL: it runs no more
  void ask_stop(sys::StopKind kind);  // SIGINT, SIGTERM
  void poke() { poked_ = true; }      // wakes it from block
  sys::StopKind kind() const override { return stop_; }
  sys::StopKind acknowledge() override { return std::exchange(stop_, sys::StopKind::none); }

  const std::string& name() const { return name_; }
  bool ended() const { return ended_; }
  bool killed() const { return killed_; }
  bool dying() const { return dying_; }

  // What the seed has in mind for this program, by the number of its Sys calls.
  std::optional<std::uint64_t> kill_at;
  std::optional<std::uint64_t> stop_at;
  sys::StopKind stop_with = sys::StopKind::interrupt;
  std::optional<std::uint64_t> freeze_at;  // stands still there for freeze_for, and lives: a starved or paused machine
  Millis freeze_for{0};
  std::function<void()> on_stop;
  std::function<void()> on_end;  // in the scheduler, after the body has ended in any way
  Millis wall_skew{0};           // this machine's clock against true time
  Millis monotonic_zero{0};

 private:
  friend class World;
  void freeze();
  World& world_;
  std::string name_;
  std::function<void(Actor&)> body_;
  std::unique_ptr<Fiber> fiber_;
  std::uint64_t calls_ = 0;
  bool waiting_ = false;
  bool frozen_ = false;  // no poke wakes it
  Instant wake_;
  bool poked_ = false;
  bool killed_ = false;
  bool dying_ = false;
  bool ended_ = false;
  sys::StopKind stop_ = sys::StopKind::none;
};

class World {
 public:
  World(std::uint64_t seed, Stacks& stacks, bool tracing);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  Chance chance;
  Instant now;
  bool faults = true;  // false from the moment on when faults stop

  Actor& spawn(const std::string& name, std::function<void(Actor&)> body);
  void at(Instant when, std::function<void()> action);
  void after(Millis span, std::function<void()> action) { at(now + span, std::move(action)); }

  // Lets everything happen until `done` or until nothing is left to happen.
  void run(const std::function<bool()>& done);
  // Ends every program that still runs, as if killed.
  void end_all();

  bool tracing() const { return tracing_; }
  void trace(const std::string& who, const std::string& what) const;

  // A promise that was broken; the first one is kept, and the seed ends.
  void violate(const std::string& promise, const std::string& how);
  const std::string& violation() const { return violation_; }
  const std::string& broken_promise() const { return promise_; }
  std::uint64_t steps() const { return steps_; }

 private:
  friend class Actor;
  bool step();
  void resume(Actor& actor);
  Stacks& stacks_;
  bool tracing_;
  std::vector<std::unique_ptr<Actor>> actors_;
  std::vector<Actor*> alive_;
  std::multimap<Instant, std::function<void()>> events_;
  std::uint64_t steps_ = 0;
  std::string promise_;
  std::string violation_;
};

}  // namespace sentimark::sim
