// The self-pipe pattern: a handler may only store and write, so it stores the kind and writes one byte nobody reads.
#include "sys/posix_signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

namespace sentimark::sys {
namespace {

// A signal handler can reach only static storage: the one exception to the rule against globals.
std::atomic<int> g_kind{0};
std::array<int, 2> g_pipe{-1, -1};

void on_signal(int signal) {
  const int saved = errno;
  const int wanted = static_cast<int>(signal == SIGTERM ? StopKind::terminate : StopKind::interrupt);
  if (wanted > g_kind.load()) g_kind.store(wanted);
  const char byte = 1;
  (void)!::write(g_pipe[1], &byte, 1);
  errno = saved;
}

}  // namespace

SignalStop::SignalStop() {
  if (::pipe2(g_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) g_pipe = {-1, -1};
  struct sigaction action {};
  action.sa_handler = on_signal;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

SignalStop::~SignalStop() {
  // The result is told by now: a second signal, which a runner sends at its own time, must not turn it into "killed".
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGTERM, SIG_IGN);
  for (int& end : g_pipe) {
    if (end >= 0) ::close(end);
    end = -1;
  }
  g_kind.store(0);
}

StopKind SignalStop::kind() const { return static_cast<StopKind>(g_kind.load()); }

// First the bytes, then the kind: a signal between the two is in what is returned, and its byte only wakes once too
// often.
StopKind SignalStop::acknowledge() {
  std::array<char, 64> bytes{};
  while (::read(g_pipe[0], bytes.data(), bytes.size()) > 0) {
  }
  return static_cast<StopKind>(g_kind.exchange(0));
}

int SignalStop::wake_descriptor() const { return g_pipe[0]; }

}  // namespace sentimark::sys
