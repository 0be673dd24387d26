#include "agent/children.hpp"

namespace sentimark::agent {
namespace {

constexpr std::size_t k_out_kept = std::size_t{64} << 20U;
constexpr std::size_t k_err_kept = std::size_t{64} << 10U;
constexpr base::Millis k_kill_wait{5'000};

}  // namespace

Children::Children(sys::Sys& sys) : sys_(sys) {
  for (const std::string& name : sys.env.names()) {
    if (const auto value = sys.env.get(name)) env_.emplace_back(name, *value);
  }
}

base::Result<sys::ProcessId> Children::start(std::vector<std::string> argv, std::string input) {
  SENTIMARK_LET(id, sys_.processes.start({std::move(argv), env_, std::move(input), {}}));
  running_[id] = {};
  return id;
}

void Children::handle(const sys::ProcessEvent& event) {
  const auto found = running_.find(event.process);
  if (found == running_.end()) return;
  Finished& finished = found->second.finished;
  if (event.kind == sys::ProcessEvent::Kind::output) {
    const std::size_t room = k_out_kept - finished.out.size();
    finished.out.append(event.text, 0, room);
    finished.cut = finished.cut || event.text.size() > room;
  } else if (event.kind == sys::ProcessEvent::Kind::error) {
    finished.err += event.text;
    if (finished.err.size() > k_err_kept) finished.err.erase(0, finished.err.size() - k_err_kept);
  } else if (event.kind == sys::ProcessEvent::Kind::exited) {
    finished.exit_code = event.exit_code;
    found->second.ended = true;
  }
}

Wait Children::wait(sys::ProcessId child, base::Instant deadline, const sys::Stop& stop) {
  for (;;) {
    const auto found = running_.find(child);
    if (found == running_.end() || found->second.ended) return Wait::ended;
    const sys::ProcessEvent event = sys_.processes.wait_any(deadline, stop);
    if (event.kind == sys::ProcessEvent::Kind::deadline) return Wait::deadline;
    if (event.kind == sys::ProcessEvent::Kind::stopped) return Wait::stopped;
    handle(event);
  }
}

Finished Children::take(sys::ProcessId child) {
  const auto found = running_.find(child);
  if (found == running_.end()) return {};
  Finished finished = std::move(found->second.finished);
  running_.erase(found);
  return finished;
}

base::Result<Finished> Children::run(std::vector<std::string> argv, std::string input, base::Millis timeout) {
  const std::string program = argv.front();
  SENTIMARK_LET(id, start(std::move(argv), std::move(input)));
  const NeverStop never;
  if (wait(id, sys_.clock.monotonic() + timeout, never) != Wait::ended) {
    end(id, base::Millis{0});
    (void)take(id);
    return base::fail(base::Outcome::timeout,
                      program + " did not end within " + base::human_duration(timeout) + " and was killed",
                      "look whether the API server answers");
  }
  return take(id);
}

void Children::end(sys::ProcessId child, base::Millis grace) {
  const NeverStop never;
  if (grace > base::Millis{0}) {
    sys_.processes.signal(child, sys::Signal::terminate);
    if (wait(child, sys_.clock.monotonic() + grace, never) == Wait::ended) return;
  }
  sys_.processes.signal(child, sys::Signal::kill);
  (void)wait(child, sys_.clock.monotonic() + k_kill_wait, never);
}

}  // namespace sentimark::agent
