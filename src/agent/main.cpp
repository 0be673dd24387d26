#include <unistd.h>

#include "agent/agent.hpp"
#include "sys/posix_signals.hpp"
#include "sys/posix_system.hpp"

using namespace sentimark;

namespace {

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(descriptor, text.data(), text.size());
    if (wrote <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

// The story goes to the pod's log as it is; the runner's half shows it as data.
class PlainLog final : public sys::Log {
 public:
  void say(sys::Level, std::string_view text) override { write_all(2, std::string(text) + "\n"); }
  void quote(std::string_view title, std::string_view text) override {
    write_all(2, std::string(title) + "\n" + std::string(text) + "\n");
  }
};

}  // namespace

int main(int argc, char** argv) {
  sys::SignalStop stop;
  sys::PosixClock clock(stop.wake_descriptor());
  sys::PosixEnv env;
  sys::PosixFiles files;
  sys::PosixProcesses processes(clock, stop.wake_descriptor());
  sys::PosixRandom random;
  PlainLog log;
  sys::Secrets secrets;
  sys::Sys system{clock, env, files, processes, random, log, secrets, stop};
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return agent::run(
      system, [](std::string_view text) { write_all(1, text); }, arguments);
}
