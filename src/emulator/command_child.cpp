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
#include <mutex>
#include <thread>
#include <vector>

#include "base/text.hpp"

namespace sentimark::emulator {
namespace {

using Clock = std::chrono::steady_clock;
constexpr unsigned child_user = 64200;  // nobody's number on Debian and Ubuntu
constexpr const char* inside = "/mnt/command";

// As root in the new namespaces: the folder appears at a place that its user can reach, wherever it really lies, and
// programs under the names that commands expect; then the rights go. Arguments: folder, helm, kubectl, noexec, user,
// command.
constexpr const char* confine_script =
    "prepare() {\n"
    "  mount -t tmpfs -o mode=755 none /mnt && mkdir /mnt/command && mount --bind \"$1\" /mnt/command || return 1\n"
    "  [ -z \"$2\" ] || mount --bind \"$2\" /mnt/command/bin/helm || return 1\n"
    "  [ -z \"$3\" ] || mount --bind \"$3\" /mnt/command/bin/kubectl || return 1\n"
    "  [ -z \"$4\" ] || { mount --bind /mnt/command/work /mnt/command/work &&\n"
    "    mount -o remount,bind,noexec /mnt/command/work; } || return 1\n"
    "  cd /mnt/command/work\n"
    "}\n"
    "prepare \"$@\" || exit 125\n"
    "exec setpriv --reuid \"$5\" --regid \"$5\" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all"
    " /bin/sh -c \"$6\"\n";

pid_t spawn(const std::string& command, const ChildOptions& options, int output) {
  std::vector<std::string> words{"unshare",
                                 "--mount",
                                 "--pid",
                                 "--fork",
                                 "--kill-child",
                                 "--mount-proc",
                                 "/bin/sh",
                                 "-c",
                                 confine_script,
                                 "sh",
                                 options.folder,
                                 options.helm,
                                 options.kubectl,
                                 options.no_exec ? "noexec" : "",
                                 std::to_string(child_user),
                                 command};
  const std::string home = std::string(inside) + "/work";
  std::vector<std::string> settings{"PATH=" + std::string(inside) + "/bin:" + options.tools, "HOME=" + home,
                                    "TMPDIR=" + home, "LANG=C.UTF-8",
                                    // As in a pod, where the host's name is the pod's.
                                    "HOSTNAME=" + std::filesystem::path(options.folder).filename().string()};
  if (!options.kubeconfig.empty()) settings.push_back("KUBECONFIG=" + std::string(inside) + "/kubeconfig");
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

bool prepare(const Files& files, const ChildOptions& options) {
  const std::string work = options.folder + "/work";
  const std::string bin = options.folder + "/bin";
  std::error_code error;
  std::filesystem::create_directories(work, error);
  std::filesystem::create_directories(bin, error);
  if (error || !write_files(work, files)) return false;
  for (const char* name : {"/helm", "/kubectl"}) std::ofstream(bin + name).close();  // what programs are mounted on
  if (options.helm.empty()) std::filesystem::remove(bin + "/helm", error);
  if (options.kubectl.empty()) std::filesystem::remove(bin + "/kubectl", error);
  bool good = ::chmod(options.folder.c_str(), 0711) == 0 && give(work);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(work)) good = give(entry.path()) && good;
  if (options.kubeconfig.empty()) return good;
  const std::string copy = options.folder + "/kubeconfig";
  std::filesystem::copy_file(options.kubeconfig, copy, error);
  return good && !error && ::chmod(copy.c_str(), 0400) == 0 && give(copy);
}

// One at a time: a process that is made while another command's files are still written inherits them open for writing,
// and a program that anybody has open for writing cannot be executed (ETXTBSY).
std::mutex making;

// Reads to the end of the output; ended says why it was ended early, if it was.
void collect(int input, pid_t pid, Clock::time_point until, const CommandPlace::Stop& stop, std::string& ended,
             const std::function<void(std::string_view)>& take) {
  std::vector<char> buffer(65536);
  while (true) {
    if (ended.empty() && stop()) ended = "PodLost";
    if (ended.empty() && Clock::now() >= until) ended = "DeadlineExceeded";
    if (!ended.empty()) ::kill(-pid, SIGKILL);
    pollfd ready{input, POLLIN, 0};
    if (::poll(&ready, 1, 50) == 0) continue;
    const ssize_t got = ::read(input, buffer.data(), buffer.size());
    if (got <= 0) return;
    take({buffer.data(), static_cast<std::size_t>(got)});
  }
}

void sleep_until(Clock::time_point until, const CommandPlace::Stop& stop) {
  while (!stop() && Clock::now() < until)
    std::this_thread::sleep_for(std::min<Clock::duration>(until - Clock::now(), std::chrono::milliseconds(20)));
}

}  // namespace

CommandChild::CommandChild(std::string command, Files files, ChildOptions options)
    : command_(std::move(command)), files_(std::move(files)), options_(std::move(options)), begun_(Clock::now()) {}

std::optional<Refusal> CommandChild::start(const Stop& stop) {
  begun_ = Clock::now();
  sleep_until(begun_ + std::min(options_.delay, options_.patience), stop);
  if (options_.delay < options_.patience) return std::nullopt;
  return not_started(std::filesystem::path(options_.folder).filename().string());
}

CommandOutcome CommandChild::wait(const Stop& stop) {
  CommandOutcome outcome;
  sleep_until(begun_ + options_.delay, stop);
  int ends[2] = {-1, -1};
  std::unique_lock alone(making);
  if (::geteuid() != 0) {
    outcome.reason = "child mode needs root: it drops to a user of its own";
  } else if (!prepare(files_, options_) || ::pipe2(ends, O_CLOEXEC) != 0) {
    outcome.reason = "cannot prepare " + options_.folder;
  } else {
    const pid_t pid = spawn(command_, options_, ends[1]);
    alone.unlock();
    ::close(ends[1]);
    if (pid > 0) {
      const auto until = options_.limit.count() > 0 ? Clock::now() + options_.limit : Clock::time_point::max();
      collect(ends[0], pid, until, stop, outcome.reason, [this](std::string_view text) {
        const std::lock_guard lock(printing_);
        logs_.append(text.substr(0, log_limit - logs_.size()));  // what AKS keeps
      });
      outcome.logs = so_far();
      int status = 0;
      ::waitpid(pid, &status, 0);
      outcome.finished = outcome.reason.empty();
      outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else {
      outcome.reason = "cannot start unshare (package util-linux)";
    }
    ::close(ends[0]);
  }
  return outcome;
}

std::string CommandChild::so_far() const {
  const std::lock_guard lock(printing_);
  return base::to_valid_utf8(logs_);
}

void CommandChild::remove(const Stop&) {
  std::error_code error;
  std::filesystem::remove_all(options_.folder, error);
}

}  // namespace sentimark::emulator
