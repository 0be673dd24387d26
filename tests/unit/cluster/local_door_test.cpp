#include "cluster/local_door.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "cluster/folder_sys.hpp"
#include "fake/sys.hpp"
#include "unit/cluster/answers.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using base::Outcome;
using fake::FileCall;
using test::has_kind;
using test::is_ok;

namespace {

// A machine with a kubectl that knows nothing of the release: the agent runs for real and says so.
struct Machine {
  fake::FakeSys world;
  sys::Sys sys = world.sys();

  Machine() {
    world.env.values = {{"RUNNER_TEMP", "/runner/temp"}, {"PATH", "/usr/bin"}};
    world.files.working_directory = "/step";
    world.files.put_directory("/runner/temp");
    world.files.put("/step/kube/config", "apiVersion: v1");
    world.processes.when({""}, fake::Script{});  // get --ignore-not-found
  }
  base::Result<wire::Answer> run(const std::string& kubeconfig, wire::Job job = watch_job()) {
    cluster::LocalDoor door(sys, kubeconfig);
    auto answer = door.run(std::move(job), {{"values.json", "{}"}}, world.clock.monotonic() + Millis{60'000});
    costs = door.costs();
    return answer;
  }
  static wire::Job watch_job() {
    wire::Job job = test::a_job();
    job.kind = wire::JobKind::watch;
    return job;
  }
  // Whether anything is left in the runner's folder.
  bool is_clean() { return world.files.list("/runner/temp")->empty(); }
  std::string kubeconfig_of_children() const {
    for (const auto& [name, value] : world.processes.started.front().env) {
      if (name == "KUBECONFIG") return value;
    }
    return "(unset)";
  }
  cluster::Costs costs;
};

}  // namespace

TEST(LocalDoor, runs_the_agent_in_a_private_folder_that_does_not_stay) {
  Machine machine;
  const auto answer = machine.run("");
  ASSERT_TRUE(is_ok(answer));
  EXPECT_EQ(answer->verdict, wire::Verdict::refused);
  EXPECT_TRUE(base::contains(answer->cause, "holds no record of release prices")) << answer->cause;
  ASSERT_FALSE(machine.world.processes.started.empty());
  for (const sys::Command& command : machine.world.processes.started)
    EXPECT_EQ(command.directory.rfind("/runner/temp/", 0), 0U) << command.directory;
  EXPECT_TRUE(machine.is_clean());
  EXPECT_EQ(machine.costs.calls, 1);
  EXPECT_EQ(machine.costs.bytes, 2U);
}

TEST(LocalDoor, leaves_no_folder_when_it_fails) {
  Machine full;
  full.world.files.fail(FileCall::write, "", "ENOSPC");
  const auto first = full.run("");
  ASSERT_FALSE(first.ok());
  EXPECT_EQ(first.error().code, "ENOSPC");
  EXPECT_TRUE(full.is_clean());
  EXPECT_EQ(full.costs.calls, 0);
  EXPECT_TRUE(full.world.processes.started.empty());

  Machine bare;  // no kubectl at all
  bare.world.processes.cannot_start("kubectl", "not-found");
  const auto second = bare.run("");
  ASSERT_TRUE(is_ok(second));
  EXPECT_EQ(second->verdict, wire::Verdict::refused);
  EXPECT_EQ(second->kind, "config");
  EXPECT_TRUE(bare.is_clean());

  Machine stuck;
  stuck.world.files.fail(FileCall::remove_tree, "", "EBUSY");
  ASSERT_TRUE(is_ok(stuck.run("")));
  EXPECT_TRUE(stuck.world.log.said("EBUSY"));
}

TEST(LocalDoor, names_what_the_user_named_from_where_the_user_stands) {
  struct Row {
    const char* input;
    const char* environment;
    const char* expected;
  };
  const Row rows[] = {
      {"kube/config", "", "/step/kube/config"},
      {"config", "", "/step/config"},
      {"/etc/kube", "", "/etc/kube"},
      {"kube/config", "/other", "/step/kube/config"},
      {"", "kube/config", "/step/kube/config"},
      {"", "/one:/two", "/one:/two"},
      {"", "", ""},
  };
  for (const Row& row : rows) {
    Machine machine;
    machine.world.env.values["KUBECONFIG"] = row.environment;
    ASSERT_TRUE(is_ok(machine.run(row.input)));
    EXPECT_EQ(machine.kubeconfig_of_children(), row.expected) << row.input << " " << row.environment;
  }
  const std::pair<const char*, const char*> programs[] = {
      {"tools/kubectl", "/step/tools/kubectl"}, {"kubectl", "kubectl"}, {"/opt/kubectl", "/opt/kubectl"}};
  for (const auto& [given, expected] : programs) {
    Machine machine;
    wire::Job job = Machine::watch_job();
    job.kubectl = given;
    ASSERT_TRUE(is_ok(machine.run("", job)));
    EXPECT_EQ(machine.world.processes.started.front().argv.front(), expected);
  }
}

TEST(LocalDoor, opens_with_a_kubeconfig_that_is_there) {
  Machine machine;
  EXPECT_TRUE(is_ok(cluster::LocalDoor(machine.sys, "").open({})));
  EXPECT_TRUE(is_ok(cluster::LocalDoor(machine.sys, "/step/kube/config").open({})));
  const auto opened = cluster::LocalDoor(machine.sys, "/step/nothing").open({});
  ASSERT_TRUE(has_kind(opened, Outcome::usage));
  EXPECT_TRUE(base::contains(opened.error().what, "/step/nothing"));
  EXPECT_FALSE(cluster::LocalDoor(machine.sys, "").outlives_us());
}

TEST(FolderSys, puts_relative_paths_and_children_into_the_folder) {
  fake::FakeSys world;
  world.files.put("/in/a", "inside");
  world.files.put("/out/b", "outside");
  cluster::FolderFiles files(world.files, "/in");
  EXPECT_EQ(files.read("a", 100).value(), "inside");
  EXPECT_EQ(files.read("/out/b", 100).value(), "outside");
  ASSERT_TRUE(is_ok(files.write("new", "x", 0600)));
  ASSERT_TRUE(is_ok(files.append("new", "y")));
  EXPECT_EQ(world.files.content("/in/new"), "xy");
  EXPECT_EQ(files.stat("new")->size, 2U);
  EXPECT_EQ(files.list(".")->size(), 2U);
  ASSERT_TRUE(is_ok(files.remove_tree("new")));
  EXPECT_FALSE(world.files.content("/in/new"));

  const fake::FakeEnv outer{{"A", "outer"}, {"B", "outer"}};
  const cluster::FolderEnv env(outer, {{"B", "own"}, {"C", "own"}});
  EXPECT_EQ(env.get("A"), "outer");
  EXPECT_EQ(env.get("B"), "own");
  EXPECT_EQ(env.get("C"), "own");
  EXPECT_EQ(env.names().size(), 3U);

  world.processes.when({""}, fake::Script{});
  cluster::FolderProcesses processes(world.processes, "/in");
  ASSERT_TRUE(is_ok(processes.start({{"x"}, {}, {}, ""})));
  ASSERT_TRUE(is_ok(processes.start({{"x"}, {}, {}, "/own"})));
  EXPECT_EQ(world.processes.started[0].directory, "/in");
  EXPECT_EQ(world.processes.started[1].directory, "/own");
}
