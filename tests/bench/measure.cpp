// bench-measure RUNS PROGRAM ARGUMENT...: runs the program so often, its output thrown away, and prints one line for
// each run: wall microseconds, CPU microseconds (user + system), peak RSS in KiB, exit code.
//
// A program of its own, because the kernel counts the memory of whoever starts a child to the child's peak.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

extern char** environ;

namespace {

long long micros(const timeval& time) { return time.tv_sec * 1'000'000LL + time.tv_usec; }

bool measure(char** argv, const posix_spawn_file_actions_t& actions) {
  const auto began = std::chrono::steady_clock::now();
  pid_t child = 0;
  if (::posix_spawnp(&child, argv[0], &actions, nullptr, argv, environ) != 0) return false;
  int status = 0;
  rusage used{};
  if (::wait4(child, &status, 0, &used) != child) return false;
  const auto wall = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
  std::printf("%lld %lld %ld %d\n", static_cast<long long>(wall.count()), micros(used.ru_utime) + micros(used.ru_stime),
              used.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: bench-measure RUNS PROGRAM ARGUMENT...\n", stderr);
    return 2;
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  for (long runs = std::strtol(argv[1], nullptr, 10); runs > 0; --runs) {
    if (!measure(argv + 2, actions)) {
      std::perror(argv[2]);
      return 1;
    }
  }
  return 0;
}
