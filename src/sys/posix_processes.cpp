// Children in process groups of their own, so that a Ctrl-C in a terminal reaches only us and we decide what they get.
// A child's death is noticed by the end of its output pipes and by waitpid; poll never waits longer than 50 ms for the
// case that a grandchild keeps a pipe open after its parent is gone.
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/text.hpp"
#include "sys/posix_system.hpp"

namespace sentimark::sys {

struct PosixProcesses::Child {
  ProcessId id = 0;
  pid_t pid = -1;
  int in = -1;
  int out = -1;
  int err = -1;
  std::string input;
  std::size_t input_sent = 0;
  bool reaped = false;
  int exit_code = -1;

  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    for (const int descriptor : {in, out, err}) {
      if (descriptor >= 0) ::close(descriptor);
    }
  }

  bool reap(int flags) {
    int status = 0;
    if (!reaped && ::waitpid(pid, &status, flags) == pid) {
      reaped = true;
      exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return reaped;
  }

  void feed() {
    while (input_sent < input.size()) {
      const ssize_t wrote = ::write(in, input.data() + input_sent, input.size() - input_sent);
      if (wrote < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (wrote <= 0) break;  // the child does not read its input: that is its own affair
      input_sent += static_cast<std::size_t>(wrote);
    }
    ::close(std::exchange(in, -1));
  }
};

namespace {

constexpr base::Millis k_death_check{50};

struct Pipe {
  std::array<int, 2> ends{-1, -1};
  bool open() { return ::pipe2(ends.data(), O_CLOEXEC) == 0; }
  ~Pipe() {
    for (const int end : ends) {
      if (end >= 0) ::close(end);
    }
  }
  int take(std::size_t end) { return std::exchange(ends[end], -1); }
};

std::string resolve(const Command& command) {
  const std::string& name = command.argv.front();
  if (base::contains(name, "/")) return name;
  for (const auto& [key, value] : command.env) {
    if (key != "PATH") continue;
    for (const std::string& folder : base::split(value, ':')) {
      const std::string path = folder + "/" + name;
      if (!folder.empty() && ::access(path.c_str(), X_OK) == 0) return path;
    }
  }
  return {};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

base::Error cannot_start(const std::string& name, int number) {
  const std::string code = number == ENOENT ? "not-found" : "not-executable";
  return base::fail(base::Outcome::config, "cannot start " + name + ": " + std::strerror(number),
                    "install it or give its path", code);
}

// Runs between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(const char* path, char* const* argv, char* const* env, const char* directory, int report) {
  ::setpgid(0, 0);
  for (const int number : {SIGINT, SIGTERM, SIGPIPE}) ::signal(number, SIG_DFL);
  if (directory[0] == '\0' || ::chdir(directory) == 0) ::execve(path, argv, env);
  const int number = errno;
  (void)!::write(report, &number, sizeof number);
  ::_exit(127);
}

bool read_some(int& descriptor, std::string& text) {
  std::array<char, 65536> block{};
  const ssize_t got = ::read(descriptor, block.data(), block.size());
  if (got > 0) {
    text.assign(block.data(), static_cast<std::size_t>(got));
    return true;
  }
  if (got == 0 || (errno != EAGAIN && errno != EINTR)) ::close(std::exchange(descriptor, -1));
  return false;
}

}  // namespace

PosixProcesses::PosixProcesses(Clock& clock, int wake_descriptor) : clock_(clock), wake_(wake_descriptor) {
  ::signal(SIGPIPE, SIG_IGN);  // a child that never reads its input must not end us
}

PosixProcesses::~PosixProcesses() { kill_all(); }

base::Result<ProcessId> PosixProcesses::start(const Command& command) {
  const std::string path = resolve(command);
  if (path.empty()) return cannot_start(command.argv.front(), ENOENT);
  Pipe in, out, err, report;
  if (!in.open() || !out.open() || !err.open() || !report.open()) return cannot_start(path, errno);
  std::vector<std::string> argv = command.argv;
  std::vector<std::string> env;
  for (const auto& [key, value] : command.env) env.push_back(key + "=" + value);
  const std::vector<char*> argv_pointers = pointers(argv);
  const std::vector<char*> env_pointers = pointers(env);
  const pid_t pid = ::fork();
  if (pid < 0) return cannot_start(path, errno);
  if (pid == 0) {
    ::dup2(in.ends[0], 0);
    ::dup2(out.ends[1], 1);
    ::dup2(err.ends[1], 2);
    become(path.c_str(), argv_pointers.data(), env_pointers.data(), command.directory.c_str(), report.ends[1]);
  }
  ::close(report.take(1));
  int number = 0;
  ssize_t got = 0;
  do {
    got = ::read(report.ends[0], &number, sizeof number);  // ends at exec, when the close-on-exec end goes away
  } while (got < 0 && errno == EINTR);
  auto child = std::make_unique<Child>();
  child->pid = pid;
  if (got == static_cast<ssize_t>(sizeof number)) {
    child->reap(0);
    return cannot_start(path, number);
  }
  child->id = next_++;
  child->in = in.take(1);
  child->out = out.take(0);
  child->err = err.take(0);
  child->input = command.input;
  for (const int descriptor : {child->in, child->out, child->err}) {
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  }
  child->feed();
  const ProcessId id = child->id;
  children_.emplace(id, std::move(child));
  return id;
}

// True when the child has something to tell now.
bool PosixProcesses::pump(Child& child, ProcessEvent& event) {
  if (child.in >= 0) child.feed();
  event.process = child.id;
  const bool was_reaped = child.reap(WNOHANG);  // before reading: what a dead child wrote is then all there
  if (child.out >= 0 && read_some(child.out, event.text)) {
    event.kind = ProcessEvent::Kind::output;
    return true;
  }
  if (child.err >= 0 && read_some(child.err, event.text)) {
    event.kind = ProcessEvent::Kind::error;
    return true;
  }
  if (!was_reaped) return false;
  event.kind = ProcessEvent::Kind::exited;
  event.exit_code = child.exit_code;
  return true;
}

ProcessEvent PosixProcesses::wait_any(base::Instant deadline, const Stop& stop) {
  int wake = wake_;
  for (;;) {
    for (auto& [id, child] : children_) {
      ProcessEvent event;
      if (!pump(*child, event)) continue;
      if (event.kind == ProcessEvent::Kind::exited) children_.erase(id);
      return event;
    }
    const base::Millis left = deadline - clock_.monotonic();
    if (left <= base::Millis{0}) return ProcessEvent{};
    if (stop.requested()) return ProcessEvent{ProcessEvent::Kind::stopped, 0, {}, -1};
    std::vector<pollfd> watched{{wake, POLLIN, 0}};
    for (auto& [id, child] : children_) {
      watched.push_back({child->out, POLLIN, 0});
      watched.push_back({child->err, POLLIN, 0});
      watched.push_back({child->in, POLLOUT, 0});
    }
    const base::Millis pause = children_.empty() ? std::min(left, base::Millis{60'000}) : std::min(left, k_death_check);
    (void)::poll(watched.data(), watched.size(), static_cast<int>(pause.count()));
    // A caller that ignores stops must not spin on a descriptor that stays readable.
    if (watched.front().revents != 0 && !stop.requested()) wake = -1;
  }
}

void PosixProcesses::signal(ProcessId process, Signal signal) {
  const auto found = children_.find(process);
  if (found == children_.end() || found->second->reaped) return;
  const int number = signal == Signal::interrupt ? SIGINT : signal == Signal::terminate ? SIGTERM : SIGKILL;
  if (::kill(-found->second->pid, number) != 0) ::kill(found->second->pid, number);
}

void PosixProcesses::kill_all() {
  for (auto& [id, child] : children_) {
    signal(id, Signal::kill);
    child->reap(0);
  }
  children_.clear();
}

}  // namespace sentimark::sys
