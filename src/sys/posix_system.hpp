// The real clock, environment, files, random bytes and processes of a POSIX system.
#pragma once
#include <map>
#include <memory>

#include "sys/clock.hpp"
#include "sys/env.hpp"
#include "sys/files.hpp"
#include "sys/processes.hpp"
#include "sys/random.hpp"

namespace sentimark::sys {

class PosixClock final : public Clock {
 public:
  // `wake_descriptor` becomes readable when a stop is requested; -1 when nothing can request one.
  explicit PosixClock(int wake_descriptor) : wake_(wake_descriptor) {}
  base::WallTime wall() override;
  base::Instant monotonic() override;
  std::uint64_t micros() override;
  bool sleep_until(base::Instant deadline, const Stop& stop) override;

 private:
  int wake_;
};

class PosixEnv final : public Env {
 public:
  std::optional<std::string> get(std::string_view name) const override;
  std::vector<std::string> names() const override;
};

class PosixFiles final : public Files {
 public:
  base::Result<std::string> read(const std::string& path, std::uint64_t limit) override;
  base::Done write(const std::string& path, std::string_view bytes, unsigned mode) override;
  base::Done append(const std::string& path, std::string_view bytes) override;
  base::Result<FileInfo> stat(const std::string& path) override;
  base::Result<std::string> real_path(const std::string& path) override;
  base::Result<std::vector<FileInfo>> list(const std::string& path) override;
  base::Result<std::string> make_private_dir(const std::string& parent) override;
  base::Result<std::string> absolute(const std::string& path) override;
  base::Done remove_tree(const std::string& path) override;
};

class PosixRandom final : public Random {
 public:
  void fill(std::span<unsigned char> bytes) override;
};

class PosixProcesses final : public Processes {
 public:
  PosixProcesses(Clock& clock, int wake_descriptor);
  ~PosixProcesses() override;
  base::Result<ProcessId> start(const Command& command) override;
  ProcessEvent wait_any(base::Instant deadline, const Stop& stop) override;
  void signal(ProcessId process, Signal signal) override;
  void kill_all() override;

 private:
  struct Child;
  bool pump(Child& child, ProcessEvent& event);
  Clock& clock_;
  int wake_;
  ProcessId next_ = 1;
  std::map<ProcessId, std::unique_ptr<Child>> children_;
};

}  // namespace sentimark::sys
