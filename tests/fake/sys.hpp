// FakeSys: all fakes in one, for the test of a room: `fake::FakeSys world; sys::Sys sys = world.sys();`.
#pragma once
#include "fake/clock.hpp"
#include "fake/env.hpp"
#include "fake/files.hpp"
#include "fake/http.hpp"
#include "fake/log.hpp"
#include "fake/network.hpp"
#include "fake/processes.hpp"
#include "fake/random.hpp"
#include "fake/stop.hpp"
#include "sys/sys.hpp"

namespace sentimark::fake {

struct FakeSys {
  FakeClock clock;
  FakeEnv env;
  FakeFiles files;
  FakeProcesses processes{clock};
  FakeRandom random;
  FakeLog log;
  std::vector<std::string> announced;  // every secret, as a runner would be told to mask it
  sys::Secrets secrets{[this](std::string_view line) { announced.emplace_back(line); }};
  FakeStop stop;
  FakeHttp http{clock};
  FakeNetwork network{clock};

  FakeSys() = default;
  FakeSys(const FakeSys&) = delete;  // the parts know one another
  FakeSys& operator=(const FakeSys&) = delete;

  // Refers to the members: this must outlive it.
  sys::Sys sys() { return {clock, env, files, processes, random, log, secrets, stop}; }
};

}  // namespace sentimark::fake
