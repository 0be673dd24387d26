// The fakes behave as the headers of src/sys promise, so that a test which uses them tests the right thing.
#include <gtest/gtest.h>

#include <array>

#include "fake/sys.hpp"

namespace sentimark::fake {
namespace {

using base::Millis;
using Kind = sys::ProcessEvent::Kind;

base::Instant in(FakeSys& world, int millis) { return world.clock.monotonic() + Millis{millis}; }

sys::Request to(std::string method, const std::string& path) {
  sys::Request request;
  request.method = std::move(method);
  request.url = "https://host" + path;
  return request;
}

TEST(FakeClock, sleeping_moves_both_clocks_by_the_same_span) {
  FakeSys world;
  const auto wall = world.clock.wall();
  EXPECT_TRUE(world.clock.sleep_until(in(world, 1500), world.stop));
  EXPECT_EQ(world.clock.wall(), wall + Millis{1500});
  world.clock.set_wall(wall);
  const auto before = world.clock.monotonic();
  EXPECT_TRUE(world.clock.sleep_until(before, world.stop));
  EXPECT_EQ(world.clock.monotonic(), before);
}

TEST(FakeClock, a_planned_stop_ends_the_sleep_at_its_moment) {
  FakeSys world;
  const auto start = world.clock.monotonic();
  world.clock.plan(start + Millis{400}, [&] { world.stop.request(sys::StopKind::interrupt); });
  EXPECT_FALSE(world.clock.sleep_until(start + Millis{1000}, world.stop));
  EXPECT_EQ(world.clock.monotonic(), start + Millis{400});
}

TEST(FakeClock, planned_actions_run_in_order_also_when_one_plans_another) {
  FakeSys world;
  std::string order;
  world.clock.plan(in(world, 20), [&] { order += "b"; });
  world.clock.plan(in(world, 10), [&] {
    order += "a";
    world.clock.plan(in(world, 5), [&] { order += "x"; });
  });
  world.clock.advance(Millis{30});
  EXPECT_EQ(order, "axb");
}

TEST(FakeEnv, empty_and_unset_take_the_fallback) {
  const FakeEnv env{{"HOME", "/h"}, {"EMPTY", ""}};
  EXPECT_EQ(env.get_or("EMPTY", "f"), "f");
  EXPECT_EQ(env.get_or("NONE", "f"), "f");
  EXPECT_EQ(env.names(), (std::vector<std::string>{"EMPTY", "HOME"}));
}

TEST(FakeFiles, keeps_bytes_modes_and_types) {
  FakeSys world;
  world.files.put("chart/templates/a.yaml", "kind: X\n");
  world.files.put_link("chart/link", "chart/templates/a.yaml");
  EXPECT_TRUE(world.files.write("chart/new", "abc", 0600));
  EXPECT_EQ(world.files.stat("./chart//new")->mode, 0600U);
  const auto listed = world.files.list("chart");
  ASSERT_EQ(listed->size(), 3U);
  EXPECT_EQ(listed->at(0).type, sys::FileType::link);
  EXPECT_EQ(listed->at(1).name, "new");
  EXPECT_EQ(listed->at(2).type, sys::FileType::directory);
  EXPECT_EQ(*world.files.read("chart/link", 100), "kind: X\n");
  EXPECT_EQ(world.files.read("chart/new", 2).error().code, "too-large");
  EXPECT_EQ(world.files.read("chart/none", 2).error().code, "not-found");
  EXPECT_FALSE(world.files.write("nowhere/file", "", 0600));
}

TEST(FakeFiles, private_directories_are_fresh_and_a_tree_goes_whole) {
  FakeSys world;
  const std::string first = *world.files.make_private_dir(".");
  const std::string second = *world.files.make_private_dir(".");
  EXPECT_NE(first, second);
  EXPECT_EQ(world.files.stat(first)->mode, 0700U);
  EXPECT_TRUE(world.files.write(first + "/f", "x", 0600));
  EXPECT_TRUE(world.files.remove_tree(first));
  EXPECT_FALSE(world.files.content(first + "/f").has_value());
  EXPECT_TRUE(world.files.stat(second));
  EXPECT_TRUE(world.files.remove_tree(first));
}

TEST(FakeFiles, an_injected_failure_changes_nothing_and_passes) {
  FakeSys world;
  world.files.put("f", "old");
  world.files.fail(FileCall::write, "f", "ENOSPC");
  EXPECT_EQ(world.files.write("f", "new", 0600).error().code, "ENOSPC");
  EXPECT_EQ(*world.files.content("f"), "old");
  EXPECT_TRUE(world.files.write("f", "new", 0600));
  EXPECT_EQ(world.files.calls.size(), 2U);
}

TEST(FakeFiles, a_torn_append_keeps_its_beginning) {
  FakeSys world;
  world.files.put("journal", "one\n");
  world.files.tear_append("journal", 2);
  EXPECT_FALSE(world.files.append("journal", "two\n"));
  EXPECT_EQ(*world.files.content("journal"), "one\ntw");
  EXPECT_TRUE(world.files.append("journal", "!"));
}

TEST(FakeProcesses, events_come_in_virtual_time_and_across_children) {
  FakeSys world;
  world.processes.when({"slow"}, Script{{{Millis{300}, "s", false}}, Millis{1000}, 3, false});
  world.processes.when({"quick"}, Script{{{Millis{500}, "q", true}}, Millis{500}, 0, false});
  const auto slow = world.processes.start({{"slow"}, {}, {}, {}});
  const auto quick = world.processes.start({{"quick", "arg"}, {}, "input", {}});
  const base::Instant late = in(world, 5000);
  auto event = world.processes.wait_any(late, world.stop);
  EXPECT_EQ(event.kind, Kind::output);
  EXPECT_EQ(event.process, *slow);
  event = world.processes.wait_any(late, world.stop);
  EXPECT_EQ(event.kind, Kind::error);
  EXPECT_EQ(event.text, "q");
  event = world.processes.wait_any(late, world.stop);
  EXPECT_EQ(event.process, *quick);
  EXPECT_EQ(event.kind, Kind::exited);
  EXPECT_EQ(world.processes.wait_any(in(world, 100), world.stop).kind, Kind::deadline);
  event = world.processes.wait_any(late, world.stop);
  EXPECT_EQ(event.exit_code, 3);
  EXPECT_EQ(world.processes.started.at(1).input, "input");
  EXPECT_EQ(world.processes.wait_any(in(world, 100), world.stop).kind, Kind::deadline);
}

TEST(FakeProcesses, scripts_of_equal_length_serve_in_order_and_the_longest_wins) {
  FakeSys world;
  world.processes.when({"helm"}, Script::prints_and_ends("any"));
  world.processes.when({"helm", "", "web"}, Script::prints_and_ends("first"));
  world.processes.when({"helm", "", "web"}, Script::fails("second", 9));
  const auto text_of = [&](std::vector<std::string> argv) {
    EXPECT_TRUE(world.processes.start({std::move(argv), {}, {}, {}}));
    const std::string text = world.processes.wait_any(in(world, 10), world.stop).text;
    EXPECT_EQ(world.processes.wait_any(in(world, 10), world.stop).kind, Kind::exited);
    return text;
  };
  EXPECT_EQ(text_of({"helm", "version"}), "any");
  EXPECT_EQ(text_of({"helm", "history", "web"}), "first");
  EXPECT_EQ(text_of({"helm", "history", "web"}), "second");
  EXPECT_EQ(text_of({"helm", "history", "web"}), "second");
  EXPECT_EQ(world.processes.count({"helm", "", "web"}), 3U);
}

TEST(FakeProcesses, signals_end_a_child_unless_it_ignores_them) {
  FakeSys world;
  world.processes.when({"mild"}, Script{{}, Millis{9000}, 0, false});
  world.processes.when({"stubborn"}, Script{{}, Millis{9000}, 0, true});
  const auto mild = world.processes.start({{"mild"}, {}, {}, {}});
  const auto stubborn = world.processes.start({{"stubborn"}, {}, {}, {}});
  world.processes.signal(*mild, sys::Signal::terminate);
  world.processes.signal(*stubborn, sys::Signal::terminate);
  EXPECT_EQ(world.processes.wait_any(in(world, 100), world.stop).exit_code, 143);
  EXPECT_EQ(world.processes.wait_any(in(world, 100), world.stop).kind, Kind::deadline);
  world.processes.signal(*stubborn, sys::Signal::kill);
  EXPECT_EQ(world.processes.wait_any(in(world, 100), world.stop).exit_code, 137);
  EXPECT_EQ(world.processes.running(), 0U);
}

TEST(FakeProcesses, a_stop_ends_the_wait_and_a_missing_program_cannot_start) {
  FakeSys world;
  world.processes.when({"long"}, Script{{}, Millis{9000}, 0, false});
  world.processes.cannot_start("helm", "not-found");
  EXPECT_EQ(world.processes.start({{"helm", "version"}, {}, {}, {}}).error().code, "not-found");
  EXPECT_EQ(world.processes.start({{"unscripted"}, {}, {}, {}}).error().code, "not-found");
  EXPECT_TRUE(world.processes.start({{"long"}, {}, {}, {}}));
  world.clock.plan(in(world, 50), [&] { world.stop.request(sys::StopKind::terminate); });
  EXPECT_EQ(world.processes.wait_any(in(world, 1000), world.stop).kind, Kind::stopped);
  world.processes.kill_all();
  EXPECT_EQ(world.processes.running(), 0U);
}

TEST(FakeHttp, replies_by_script_and_records_requests) {
  FakeSys world;
  world.http.when("GET", "/a", FakeHttp::json(200, "{}"));
  world.http.when("GET", "/a", base::fail(base::Outcome::network, "reset", {}, "lost"));
  world.http.when("GET", "/a/longer", FakeHttp::json(404, "none"));
  const sys::Request request = to("GET", "/a");
  EXPECT_EQ(world.http.send(request, world.stop)->header("content-type"), "application/json");
  EXPECT_EQ(world.http.send(request, world.stop).error().code, "lost");
  EXPECT_EQ(world.http.send(to("GET", "/a/longer"), world.stop)->status, 404);
  EXPECT_EQ(world.http.send(to("GET", "/b"), world.stop).error().code, "connect");
  EXPECT_EQ(world.http.count("GET", "/a"), 3U);
}

TEST(FakeHttp, a_slow_server_meets_the_timeout_and_the_stop) {
  FakeSys world;
  int served = 0;
  world.http.when(
      "POST", "/slow",
      [&](const sys::Request&) {
        ++served;
        return FakeHttp::json(202, "");
      },
      Millis{60'000});
  sys::Request request = to("POST", "/slow");
  request.timeout = Millis{1000};
  EXPECT_EQ(world.http.send(request, world.stop).error().kind, base::Outcome::timeout);
  world.clock.plan(in(world, 10), [&] { world.stop.request(sys::StopKind::interrupt); });
  EXPECT_EQ(world.http.send(request, world.stop).error().kind, base::Outcome::interrupted);
  EXPECT_EQ(served, 2);
}

TEST(FakeSys, the_bundle_is_a_sys_with_redaction_and_repeatable_randomness) {
  FakeSys world;
  sys::Sys sys = world.sys();
  const auto secret = sys.secrets.make("canary-value");
  EXPECT_EQ(world.announced, std::vector<std::string>{"canary-value"});
  EXPECT_EQ(sys.secrets.redact("x canary-value y"), "x *** y");
  std::array<unsigned char, 8> one{};
  std::array<unsigned char, 8> two{};
  FakeRandom(7).fill(one);
  FakeRandom(7).fill(two);
  EXPECT_EQ(one, two);
  sys.random.fill(two);
  EXPECT_NE(one, two);
  sys.log.warning("careful");
  EXPECT_TRUE(world.log.said("care"));
  EXPECT_EQ(world.log.count(sys::Level::warning), 1U);
}

}  // namespace
}  // namespace sentimark::fake
