// Inputs, a plan and a scripted door, for the tests of the program.
#pragma once
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <string>

#include "fake/sys.hpp"
#include "helm_private_deploy/deploy.hpp"
#include "helm_private_deploy/program.hpp"
#include "runner/inputs.hpp"

namespace sentimark::test {

using Given = std::map<std::string, std::string>;

// The inputs of a complete call by runCommand, changed by `changes`.
inline base::Result<helm_private_deploy::DeployInputs> inputs_of(const Given& changes = {}) {
  Given given{{"chart", "chart"},           {"release", "prices"},   {"namespace", "shop"},
              {"client-id", "client"},      {"tenant-id", "tenant"}, {"subscription-id", "sub"},
              {"resource-group", "rg-dev"}, {"cluster", "aks-dev"}};
  for (const auto& [name, value] : changes) given[name] = value;
  fake::FakeEnv env;
  for (const auto& [name, value] : given) env.values[runner::variable_of(name)] = value;
  auto asked = runner::read_inputs(helm_private_deploy::program(), {}, env);
  if (!asked) return std::move(asked).error();
  return helm_private_deploy::parse_inputs(asked->inputs);
}

// A machine with a small chart in ./chart.
inline void put_chart(fake::FakeSys& world) {
  world.files.put("chart/Chart.yaml", "apiVersion: v2\nname: service\nversion: 1.2.3\nappVersion: \"7\"\n");
  world.files.put("chart/values.yaml", "replicas: 1\n");
  world.files.put("chart/templates/a.yaml", "kind: ConfigMap\n");
}

inline helm_private_deploy::Plan plan_of(fake::FakeSys& world, const Given& changes = {}) {
  put_chart(world);
  Given given{{"operation-id", std::string(32, 'a')}};
  for (const auto& [name, value] : changes) given[name] = value;
  sys::Sys sys = world.sys();
  auto plan = helm_private_deploy::make_plan(sys, inputs_of(given).value(), "cluster");
  EXPECT_TRUE(plan.ok());
  return std::move(plan).value();
}

}  // namespace sentimark::test
