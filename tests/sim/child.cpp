#include "sim/child.hpp"

namespace sentimark::sim {
namespace {

using Kind = sys::ProcessEvent::Kind;

constexpr int k_killed = 128 + 9;

}  // namespace

void Child::print(std::string text) {
  if (!alive || text.empty()) return;
  told.push_back({Kind::output, 0, std::move(text), -1});
  if (wake_owner) wake_owner();
}

void Child::complain(std::string text) {
  if (!alive || text.empty()) return;
  told.push_back({Kind::error, 0, std::move(text), -1});
  if (wake_owner) wake_owner();
}

void Child::exit(int code, Instant now) {
  if (!alive) return;
  alive = false;
  died = now;
  told.push_back({Kind::exited, 0, {}, code});
  gone();
  if (wake_owner) wake_owner();
}

void Child::die(Instant now) {
  if (!alive) return;
  alive = false;
  died = now;
  gone();
}

void Child::gone() {
  on_signal = nullptr;  // it holds what holds this child
  if (const auto tell = std::move(on_gone)) tell();
}

SimProcesses::~SimProcesses() { end_all(); }

void SimProcesses::end_all() {
  for (auto& [id, child] : children_) {
    child->wake_owner = nullptr;
    child->die(world_.now);
  }
  children_.clear();
}

base::Result<sys::ProcessId> SimProcesses::start(const sys::Command& command) {
  actor_.call();
  auto child = std::make_shared<Child>();
  child->argv = command.argv;
  child->input = command.input;
  child->owner = actor_.name();
  child->wake_owner = [this] { actor_.poke(); };
  if (!launch_(child)) {
    return base::fail(base::Outcome::config, "cannot start " + command.argv.front(), "install it", "not-found");
  }
  children_[++last_] = std::move(child);
  return last_;
}

sys::ProcessEvent SimProcesses::wait_any(base::Instant deadline, const sys::Stop& stop) {
  actor_.call();
  const Instant until{deadline.since_start - actor_.monotonic_zero};
  for (;;) {
    for (auto& [id, child] : children_) {
      if (child->told.empty()) continue;
      sys::ProcessEvent event = std::move(child->told.front());
      child->told.pop_front();
      event.process = id;
      if (event.kind == Kind::exited) children_.erase(id);
      return event;
    }
    if (world_.now >= until) return {};
    if (stop.requested()) return {Kind::stopped, 0, {}, -1};
    if (actor_.dying()) return {};
    actor_.block(until, stop);
  }
}

void SimProcesses::signal(sys::ProcessId process, sys::Signal signal) {
  actor_.call();
  const auto found = children_.find(process);
  if (found == children_.end() || !found->second->alive) return;
  Child& child = *found->second;
  if (signal != sys::Signal::kill && child.on_signal) {
    child.on_signal(signal);
  } else {
    child.exit(signal == sys::Signal::kill ? k_killed : 128 + (signal == sys::Signal::terminate ? 15 : 2), world_.now);
  }
}

void SimProcesses::kill_all() {
  actor_.call();
  end_all();
}

}  // namespace sentimark::sim
