#include "emulator/command_child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

namespace sentimark::emulator {
namespace {

constexpr std::size_t log_limit = 512 * 1024;
constexpr unsigned child_user = 64200;  // nobody's number on Debian and Ubuntu

// unshare gives the namespaces, setpriv takes the rights: both are util-linux, present on every Debian.
pid_t spawn(const std::string& command, const std::string& work, const ChildOptions& options, int output) {
  const std::string user = std::to_string(child_user);
  std::vector<std::string> words{"unshare",
                                 "--mount",
                                 "--pid",
                                 "--fork",
                                 "--kill-child",
                                 "--mount-proc",
                                 "setpriv",
                                 "--reuid",
                                 user,
                                 "--regid",
                                 user,
                                 "--clear-groups",
                                 "--no-new-privs",
                                 "--inh-caps=-all",
                                 "--bounding-set=-all",
                                 "/bin/sh",
                                 "-c",
                                 command};
  std::vector<std::string> settings{"PATH=" + options.tools, "HOME=" + work, "TMPDIR=" + work, "LANG=C.UTF-8"};
  if (!options.kubeconfig.empty()) settings.push_back("KUBECONFIG=" + options.folder + "/kubeconfig");
  std::vector<char*> argv;
  std::vector<char*> envp;
  for (std::string& word : words) argv.push_back(word.data());
  for (std::string& setting : settings) envp.push_back(setting.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_adddup2(&actions, output, 2);
  posix_spawn_file_actions_addchdir_np(&actions, work.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  sigset_t all;
  sigfillset(&all);
  posix_spawnattr_setsigdefault(&attributes, &all);
  pid_t pid = -1;
  if (posix_spawn(&pid, "/usr/bin/unshare", &actions, &attributes, argv.data(), envp.data()) != 0) pid = -1;
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

bool give(const std::filesystem::path& path) { return ::lchown(path.c_str(), child_user, child_user) == 0; }

bool prepare(const std::string& work, const Files& files, const ChildOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(work, error);
  if (error || !write_files(work, files)) return false;
  bool good = ::chmod(options.folder.c_str(), 0711) == 0 && give(work);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(work)) good = give(entry.path()) && good;
  if (options.kubeconfig.empty()) return good;
  const std::string copy = options.folder + "/kubeconfig";
  std::filesystem::copy_file(options.kubeconfig, copy, error);
  return good && !error && ::chmod(copy.c_str(), 0400) == 0 && give(copy);
}

// Reads to the end of the output, keeping the first 512 kB.
std::string collect(int input, pid_t pid, const std::function<bool()>& stop) {
  std::string logs;
  std::vector<char> buffer(65536);
  bool killed = false;
  while (true) {
    if (!killed && stop()) killed = ::kill(-pid, SIGKILL) == 0;
    pollfd ready{input, POLLIN, 0};
    if (::poll(&ready, 1, 100) == 0) continue;
    const ssize_t got = ::read(input, buffer.data(), buffer.size());
    if (got <= 0) return logs;
    logs.append(buffer.data(), std::min(static_cast<std::size_t>(got), log_limit - logs.size()));
  }
}

}  // namespace

CommandOutcome run_child(const std::string& command, const Files& files, const ChildOptions& options,
                         const std::function<bool()>& stop) {
  CommandOutcome outcome;
  const std::string work = options.folder + "/work";
  int ends[2] = {-1, -1};
  if (::geteuid() != 0) {
    outcome.reason = "child mode needs root: it drops to a user of its own";
  } else if (!prepare(work, files, options) || ::pipe2(ends, O_CLOEXEC) != 0) {
    outcome.reason = "cannot prepare " + options.folder;
  } else {
    const pid_t pid = spawn(command, work, options, ends[1]);
    ::close(ends[1]);
    if (pid > 0) {
      outcome.logs = collect(ends[0], pid, stop);
      int status = 0;
      ::waitpid(pid, &status, 0);
      outcome.started = true;
      outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else {
      outcome.reason = "cannot start unshare (package util-linux)";
    }
    ::close(ends[0]);
  }
  std::error_code error;
  std::filesystem::remove_all(options.folder, error);
  return outcome;
}

}  // namespace sentimark::emulator
