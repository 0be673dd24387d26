// Machine: the Sys of one simulated program. Every call of it is a point where others may run first, or where it ends.
#pragma once
#include <string>

#include "fake/env.hpp"
#include "fake/files.hpp"
#include "fake/random.hpp"
#include "sim/child.hpp"
#include "sim/world.hpp"
#include "sys/sys.hpp"

namespace sentimark::sim {

class SimClock final : public sys::Clock {
 public:
  SimClock(World& world, Actor& actor) : world_(world), actor_(actor) {}
  base::WallTime wall() override;
  base::Instant monotonic() override;
  bool sleep_until(base::Instant deadline, const sys::Stop& stop) override;

 private:
  World& world_;
  Actor& actor_;
};

class SimEnv final : public sys::Env {
 public:
  explicit SimEnv(Actor& actor) : actor_(actor) {}
  std::optional<std::string> get(std::string_view name) const override;
  std::vector<std::string> names() const override;
  fake::FakeEnv values;

 private:
  Actor& actor_;
};

class SimFiles final : public sys::Files {
 public:
  SimFiles(Actor& actor, fake::FakeFiles& disk) : actor_(actor), disk_(disk) {}
  base::Result<std::string> read(const std::string& path, std::uint64_t limit) override;
  base::Done write(const std::string& path, std::string_view bytes, unsigned mode) override;
  base::Done append(const std::string& path, std::string_view bytes) override;
  base::Result<sys::FileInfo> stat(const std::string& path) override;
  base::Result<std::string> real_path(const std::string& path) override;
  base::Result<std::vector<sys::FileInfo>> list(const std::string& path) override;
  base::Result<std::string> make_private_dir(const std::string& parent) override;
  base::Result<std::string> absolute(const std::string& path) override { return disk_.absolute(path); }
  base::Done remove_tree(const std::string& path) override;

 private:
  Actor& actor_;
  fake::FakeFiles& disk_;
};

class SimRandom final : public sys::Random {
 public:
  SimRandom(Actor& actor, std::uint64_t seed) : actor_(actor), bytes_(seed) {}
  void fill(std::span<unsigned char> bytes) override;

 private:
  Actor& actor_;
  fake::FakeRandom bytes_;
};

class SimLog final : public sys::Log {
 public:
  SimLog(World& world, Actor& actor) : world_(world), actor_(actor) {}
  void say(sys::Level level, std::string_view text) override;
  void quote(std::string_view title, std::string_view text) override;

 private:
  World& world_;
  Actor& actor_;
};

// Lives in the body of its actor, on the fiber's stack; `disk` outlives the program.
class Machine {
 public:
  Machine(World& world, Actor& actor, fake::FakeFiles& disk, Launch launch);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  SimClock clock;
  SimEnv env;
  SimFiles files;
  SimProcesses processes;
  SimRandom random;
  SimLog log;
  sys::Secrets secrets;
  sys::Sys sys;
};

}  // namespace sentimark::sim
