// Console: the real world of a program that people or the Actions runner start: built once, in main.cpp.
#pragma once
#include "runner/program.hpp"
#include "runner/story.hpp"
#include "sys/posix_signals.hpp"
#include "sys/posix_system.hpp"
#include "sys/sys.hpp"

namespace sentimark::runner {

class Console {
 public:
  explicit Console(const Program& program);
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  sys::Sys& sys() { return sys_; }
  sys::Clock& clock() { return clock_; }
  int wake_descriptor() const { return stop_.wake_descriptor(); }
  Write out() const;  // standard output

 private:
  sys::SignalStop stop_;
  sys::PosixClock clock_;
  sys::PosixEnv env_;
  sys::PosixFiles files_;
  sys::PosixProcesses processes_;
  sys::PosixRandom random_;
  Story story_;
  sys::Secrets secrets_;
  sys::Sys sys_;
};

}  // namespace sentimark::runner
