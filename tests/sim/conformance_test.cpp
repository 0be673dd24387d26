// The models of helm and kubectl against sequences recorded from the real ones (tests/sim/record): equal in all that
// the agent reads of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/text.hpp"
#include "json/text.hpp"
#include "sim/helm_model.hpp"
#include "sim/kubectl_model.hpp"

namespace sentimark::sim {
namespace {

json::Value recorded() {
  std::ifstream file(SENTIMARK_SIM_SEQUENCES);
  std::stringstream text;
  text << file.rdbuf();
  const auto value = json::parse(text.str());
  return value ? *value : json::Value();
}

// Texts and versions differ between the two worlds; which of them are equal does not.
class Names {
 public:
  std::string of(const std::string& text) {
    const auto found = std::find(seen_.begin(), seen_.end(), text);
    const auto at = found - seen_.begin();
    if (found == seen_.end()) seen_.push_back(text);
    return std::to_string(at);
  }
  const std::string& text(std::size_t at) const { return seen_.at(at); }

 private:
  std::vector<std::string> seen_;
};

struct Side {
  Names manifests;
  Names versions;
};

std::string failure_in(const std::string& text) {
  for (const std::string_view sign :
       {"another operation (install/upgrade/rollback) is in progress", "has no deployed releases", "release: not found",
        "context canceled", "Conflict", "AlreadyExists", "NotFound"}) {
    if (base::contains(text, sign)) return std::string(sign);
  }
  return "failed";
}

// What our agent takes from an answer.
std::string read_by_agent(const std::vector<std::string>& argv, const Said& said, Side& side) {
  if (argv[0] == "helm" && argv[1] == "get") {
    return said.exit_code == 0 ? "manifest " + side.manifests.of(said.out) : failure_in(said.err);
  }
  if (argv[0] == "helm" && argv[1] == "history") {
    if (said.exit_code != 0) return failure_in(said.err);
    std::string rows = "history";
    const auto value = json::parse(said.out);
    for (const json::Value& row : value ? value->items() : json::Array()) {
      rows += " " + std::to_string(row["revision"].int_or(0)) + "=" + row["status"].string_or_empty();
    }
    return rows;
  }
  if (said.exit_code != 0) return failure_in(said.err);
  if (argv[0] == "helm") return "done";
  if (base::trim(said.out).empty()) return "nothing";
  const auto object = json::parse(said.out);
  if (!object) return "no JSON";
  const std::string kind = (*object)["kind"].string_or_empty();
  std::string read = kind + " " + (*object)["metadata"]["name"].string_or_empty();
  if (kind != "ConfigMap") return read;
  return read + " " + (*object)["data"]["record"].string_or_empty() + " version " +
         side.versions.of((*object)["metadata"]["resourceVersion"].string_or_empty());
}

// One recorded sequence played on the models.
class Replay {
 public:
  Replay() { api_.namespaces.insert(""); }
  ~Replay() { world_.end_all(); }
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  Said step(const std::vector<std::string>& argv, const json::Value& step, const Side& side) {
    if (argv[0] == "kubectl") {
      json::Value object = step["object"];
      if (step["version"].is_integer()) {
        json::Value metadata = object["metadata"];
        metadata.set("resourceVersion", side.versions.text(static_cast<std::size_t>(step["version"].int_or(0))));
        object.set("metadata", std::move(metadata));
      }
      return kubectl_call(api_, argv, object.is_null() ? "" : json::to_text(object), "test");
    }
    return helm(argv, step);
  }

 private:
  Said helm(const std::vector<std::string>& argv, const json::Value& step) {
    const auto child = std::make_shared<Child>();
    child->argv = argv;
    json::Value values = step["values"];
    const bool slow = values["fate"].string_or_empty() == "slow";
    if (slow) {  // its hook never ends by itself
      values.set("fate", "healthy");
      values.set("hooks", 3'600'000);
    }
    const std::string signal = step["signal"].string_or_empty();
    start_helm(world_, api_.release, weather_, "v3.0.0", child, json::to_text(values));
    if (!signal.empty()) {
      world_.run([&] { return is_pending(); });
      if (signal == "TERM" && child->on_signal) {
        child->on_signal(sys::Signal::terminate);
      } else {
        child->exit(-9, world_.now);
      }
    }
    world_.run([&] { return !child->alive; });
    Said said;
    for (const sys::ProcessEvent& event : child->told) {
      if (event.kind == sys::ProcessEvent::Kind::output) said.out += event.text;
      if (event.kind == sys::ProcessEvent::Kind::error) said.err += event.text;
      if (event.kind == sys::ProcessEvent::Kind::exited) said.exit_code = event.exit_code;
    }
    return said;
  }
  bool is_pending() const {
    const Revision* newest = api_.release.newest();
    return newest != nullptr && newest->status.rfind("pending-", 0) == 0;
  }
  Stacks stacks_;
  World world_{1, stacks_, false};
  ApiServer api_{world_};
  const Weather weather_;
};

TEST(Conformance, helm_and_kubectl_answer_as_the_recorded_ones) {
  const json::Value data = recorded();
  ASSERT_GE(data["sequences"].items().size(), 20U);
  std::size_t steps = 0;
  for (const json::Value& sequence : data["sequences"].items()) {
    Replay replay;
    Side real_side;
    Side our_side;
    for (const json::Value& step : sequence["steps"].items()) {
      std::vector<std::string> argv;
      for (const json::Value& word : step["argv"].items()) argv.push_back(word.string_or_empty());
      const Said real{static_cast<int>(step["exit"].int_or(-1)), step["out"].string_or_empty(),
                      step["err"].string_or_empty()};
      const std::string expected = read_by_agent(argv, real, real_side);
      const std::string ours = read_by_agent(argv, replay.step(argv, step, our_side), our_side);
      EXPECT_EQ(ours, expected) << sequence["name"].string_or_empty() << ", step " << base::join(argv, " ")
                                << "\nthe real one said: " << real.err;
      ++steps;
    }
  }
  std::printf("%zu sequences, %zu steps\n", data["sequences"].items().size(), steps);
}

}  // namespace
}  // namespace sentimark::sim
