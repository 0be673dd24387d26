#include <gtest/gtest.h>
#include <poll.h>

#include <csignal>
#include <map>

#include "sys/posix_signals.hpp"
#include "sys/posix_system.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using sys::ProcessEvent;
using test::is_ok;

namespace {

class NeverStop final : public sys::Stop {
 public:
  sys::StopKind kind() const override { return sys::StopKind::none; }
};

struct Ended {
  std::string out;
  std::string err;
  int exit_code = -1;
};

class PosixProcessesTest : public testing::Test {
 protected:
  // Runs until the child has exited; the generous deadline only ends a broken run.
  Ended run(sys::Command command) {
    command.env.emplace_back("PATH", "/usr/bin:/bin");
    const auto started = processes.start(command);
    Ended ended;
    EXPECT_TRUE(is_ok(started));
    if (!started) return ended;
    const base::Instant deadline = clock.monotonic() + Millis{60'000};
    for (;;) {
      const ProcessEvent event = processes.wait_any(deadline, never);
      if (event.kind == ProcessEvent::Kind::output) ended.out += event.text;
      if (event.kind == ProcessEvent::Kind::error) ended.err += event.text;
      if (event.kind == ProcessEvent::Kind::exited) ended.exit_code = event.exit_code;
      if (event.kind == ProcessEvent::Kind::exited || event.kind == ProcessEvent::Kind::deadline) return ended;
    }
  }

  NeverStop never;
  sys::PosixClock clock{-1};
  sys::PosixProcesses processes{clock, -1};
};

}  // namespace

TEST_F(PosixProcessesTest, carries_arguments_untouched_by_any_shell) {
  const Ended ended = run({{"printf", "%s|", "a b", "$(id)", "'\"", "*"}, {}, {}, {}});
  EXPECT_EQ(ended.out, "a b|$(id)|'\"|*|");
  EXPECT_EQ(ended.exit_code, 0);
}

TEST_F(PosixProcessesTest, gives_exactly_the_environment_it_was_told) {
  const Ended ended = run({{"env"}, {{"ONLY", "this"}}, {}, {}});
  EXPECT_EQ(ended.out, "ONLY=this\nPATH=/usr/bin:/bin\n");
}

TEST_F(PosixProcessesTest, feeds_and_reads_more_than_a_pipe_holds) {
  const std::string big(10'000'000, 'x');
  const Ended ended = run({{"cat"}, {}, big, {}});
  EXPECT_EQ(ended.out.size(), big.size());
  EXPECT_EQ(ended.exit_code, 0);
}

TEST_F(PosixProcessesTest, keeps_the_two_streams_apart_and_tells_the_exit_code) {
  const Ended ended = run({{"sh", "-c", "echo out; echo err >&2; exit 3"}, {}, {}, {}});
  EXPECT_EQ(ended.out, "out\n");
  EXPECT_EQ(ended.err, "err\n");
  EXPECT_EQ(ended.exit_code, 3);
}

TEST_F(PosixProcessesTest, survives_a_child_that_never_reads_its_input) {
  EXPECT_EQ(run({{"true"}, {}, std::string(1'000'000, 'x'), {}}).exit_code, 0);
}

TEST_F(PosixProcessesTest, reports_a_signal_as_128_plus_its_number) {
  EXPECT_EQ(run({{"sh", "-c", "kill -9 $$"}, {}, {}, {}}).exit_code, 137);
}

TEST_F(PosixProcessesTest, names_a_program_that_is_not_there) {
  const auto started = processes.start({{"no-such-program"}, {{"PATH", "/usr/bin"}}, {}, {}});
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, "not-found");
  const auto folder = processes.start({{"/"}, {}, {}, {}});
  ASSERT_FALSE(folder.ok());
  EXPECT_EQ(folder.error().code, "not-executable");
}

TEST_F(PosixProcessesTest, a_deadline_leaves_the_child_running_and_a_signal_ends_it) {
  const auto started = processes.start({{"/bin/sleep", "1000"}, {}, {}, {}});
  ASSERT_TRUE(is_ok(started));
  EXPECT_EQ(processes.wait_any(clock.monotonic() + Millis{1}, never).kind, ProcessEvent::Kind::deadline);
  processes.signal(*started, sys::Signal::terminate);
  const ProcessEvent event = processes.wait_any(clock.monotonic() + Millis{60'000}, never);
  EXPECT_EQ(event.kind, ProcessEvent::Kind::exited);
  EXPECT_EQ(event.exit_code, 143);
}

TEST_F(PosixProcessesTest, tells_two_children_apart) {
  std::map<sys::ProcessId, std::string> outputs;
  const auto one = processes.start({{"/bin/echo", "one"}, {}, {}, {}});
  const auto two = processes.start({{"/bin/echo", "two"}, {}, {}, {}});
  ASSERT_TRUE(is_ok(one) && is_ok(two));
  for (int ended = 0; ended < 2;) {
    const ProcessEvent event = processes.wait_any(clock.monotonic() + Millis{60'000}, never);
    ASSERT_NE(event.kind, ProcessEvent::Kind::deadline);
    outputs[event.process] += event.text;
    if (event.kind == ProcessEvent::Kind::exited) ++ended;
  }
  EXPECT_EQ(outputs[*one], "one\n");
  EXPECT_EQ(outputs[*two], "two\n");
}

// B-24
TEST(SignalStop, a_signal_ends_a_sleep_and_the_stronger_one_wins) {
  sys::SignalStop stop;
  sys::PosixClock clock(stop.wake_descriptor());
  EXPECT_EQ(stop.kind(), sys::StopKind::none);
  std::raise(SIGINT);
  EXPECT_EQ(stop.kind(), sys::StopKind::interrupt);
  EXPECT_FALSE(clock.sleep_until(clock.monotonic() + Millis{3'600'000}, stop));
  std::raise(SIGTERM);
  std::raise(SIGINT);
  EXPECT_EQ(stop.kind(), sys::StopKind::terminate);
}

// B-24
TEST(SignalStop, waits_go_on_after_a_signal_was_acknowledged_and_until_the_next) {
  sys::SignalStop stop;
  sys::PosixClock clock(stop.wake_descriptor());
  std::raise(SIGINT);
  EXPECT_EQ(stop.acknowledge(), sys::StopKind::interrupt);
  EXPECT_EQ(stop.kind(), sys::StopKind::none);
  EXPECT_TRUE(clock.sleep_until(clock.monotonic() + Millis{2}, stop));
  pollfd wake{stop.wake_descriptor(), POLLIN, 0};
  EXPECT_EQ(::poll(&wake, 1, 0), 0);  // nothing is left that would wake them for ever
  std::raise(SIGTERM);
  EXPECT_FALSE(clock.sleep_until(clock.monotonic() + Millis{3'600'000}, stop));
  EXPECT_EQ(stop.acknowledge(), sys::StopKind::terminate);
}

TEST(SignalStop, a_signal_after_its_end_changes_nothing) {
  for (const int number : {SIGINT, SIGTERM}) {
    EXPECT_EXIT(
        {
          { const sys::SignalStop stop; }
          std::raise(number);
          std::_Exit(7);
        },
        testing::ExitedWithCode(7), "");
  }
}
