// A cluster that holds one fence record, for agents that come to it.
#pragma once
#include <gtest/gtest.h>

#include "agent/fence_keeper.hpp"
#include "fake/sys.hpp"
#include "json/text.hpp"

namespace sentimark::test {

inline const std::string k_ours(32, 'a');
inline const std::string k_other(32, 'b');

// One ConfigMap behind kubectl, with the compare-and-replace of the real one.
class Cluster {
 public:
  Cluster() {
    world.env.values["HOSTNAME"] = "command-a";
    world.processes.when({"kubectl", "get", "configmap"}, [this](const sys::Command&) { return shown(); });
    world.processes.when({"kubectl", "replace"},
                         [this](const sys::Command& command) { return replaced(command.input); });
    world.processes.when({"kubectl", "get", "pod"},
                         fake::Script::prints_and_ends(R"({"kind":"Pod","status":{"phase":"Running"}})"));
  }
  void put(wire::FenceRecord made) {
    record = std::move(made);
    ++version;
  }
  static wire::Job job_of(std::int64_t order, std::int64_t attempt = 1) {
    wire::Job job;
    job.operation = k_ours;
    job.attempt = attempt;
    job.order = order;
    job.release = "web";
    job.namespace_name = "shop";
    job.in_pod = true;
    return job;
  }
  base::Result<agent::ClaimResult> claim(std::int64_t order, std::int64_t attempt = 1) {
    const wire::Job job = job_of(order, attempt);
    sys::Sys sys = world.sys();
    agent::Children children(sys);
    agent::Kubectl kubectl(children, "kubectl");
    return agent::FenceKeeper(sys, kubectl, job).claim_deploy();
  }

  fake::FakeSys world;
  wire::FenceRecord record;
  std::int64_t version = 1;

 private:
  json::Value object() const {
    return json::Object{{"kind", "ConfigMap"},
                        {"metadata", json::Object{{"resourceVersion", std::to_string(version)}}},
                        {"data", json::Object{{"record", json::to_text(wire::to_json(record))}}}};
  }
  fake::Script shown() const { return fake::Script::prints_and_ends(json::to_text(object())); }
  fake::Script replaced(const std::string& input) {
    const auto asked = json::parse(input);
    if (!asked || (*asked)["metadata"]["resourceVersion"].string_or_empty() != std::to_string(version))
      return fake::Script::fails("Error from server (Conflict): the object has been modified\n");
    const auto text = json::parse((*asked)["data"]["record"].string_or_empty());
    const auto made = wire::fence_from_json(text ? *text : json::Value());
    if (!made) return fake::Script::fails("error: no record\n");
    put(*made);
    return shown();
  }
};

}  // namespace sentimark::test
