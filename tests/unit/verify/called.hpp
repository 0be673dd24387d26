// A verb through the frame of all programs, as a caller meets it, in a world of fakes.
#pragma once
#include "fake/poller.hpp"
#include "fake/sys.hpp"
#include "runner/run_program.hpp"
#include "verify/program.hpp"
#include "verify/run.hpp"

namespace sentimark::test {

struct Called {
  int exit_code = -1;
  std::string out;
  std::string log;
};

inline Called call(fake::FakeSys& world, const std::vector<std::string>& arguments) {
  sys::Sys sys = world.sys();
  fake::MicroClock clock;
  fake::FakePoller poller(clock);
  fake::FakeResolver resolver;
  Called told;
  told.exit_code = runner::run_program(
      sys, verify::program(), arguments, [&told](std::string_view text) { told.out += text; },
      [&](const runner::Inputs& inputs) {
        return verify::run({sys, world.network, poller, resolver, world.http}, inputs);
      });
  for (const auto& line : world.log.lines) told.log += line.text + "\n";
  return told;
}

}  // namespace sentimark::test
