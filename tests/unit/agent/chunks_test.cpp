// A file that stands in Secrets is proved before anything else is done, whatever stands there instead..
#include <gtest/gtest.h>

#include <map>

#include "agent/agent.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "digest/sha256.hpp"
#include "fake/sys.hpp"
#include "json/text.hpp"
#include "unit/cluster/answers.hpp"

using namespace sentimark;

namespace {

const std::string k_first = "the first part, ";
const std::string k_second = "the second part";

std::string sha(const std::string& bytes) { return digest::sha256_hex(bytes); }

// A pod whose job names one file in two chunks, and the Secrets of its namespace.
struct Pod {
  fake::FakeSys world;
  wire::Job job = test::a_job();
  std::map<std::string, std::string> secrets{{wire::chunk_secret(sha(k_first)), base::to_base64(k_first)},
                                             {wire::chunk_secret(sha(k_second)), base::to_base64(k_second)}};

  Pod() {
    job.kind = wire::JobKind::watch;
    job.not_after = world.clock.wall() + base::Millis{60'000};
    job.files = {
        {"chart.tgz", k_first.size() + k_second.size(), sha(k_first + k_second), {sha(k_first), sha(k_second)}}};
    world.processes.when({""}, fake::Script{});
    world.processes.when({"kubectl", "get", "secret"}, [this](const sys::Command& command) {
      const auto found = secrets.find(command.argv[3]);
      if (found == secrets.end()) return fake::Script{};
      return fake::Script::prints_and_ends(
          json::to_text(json::Object{{"kind", "Secret"}, {"data", json::Object{{"chunk", found->second}}}}));
    });
  }
  wire::Answer run() {
    const std::string text = json::to_text(wire::to_json(job));
    world.files.put("job.json", text);
    sys::Sys sys = world.sys();
    std::string printed;
    const std::vector<std::string> arguments{job.operation, std::to_string(job.attempt), sha(text)};
    (void)agent::run(
        sys, [&](std::string_view out) { printed += out; }, arguments);
    const auto payload = wire::find_frame(printed, wire::frame_nonce(sha(text)));
    return wire::answer_from_json(json::parse(payload.value()).value()).value();
  }
  // Nothing but Secrets was asked for.
  bool touched_nothing() {
    return world.processes.started.size() == world.processes.count({"kubectl", "get", "secret"});
  }
};

}  // namespace

TEST(Chunks, are_put_together_in_order_and_proved) {
  Pod pod;
  const wire::Answer answer = pod.run();
  EXPECT_EQ(answer.kind, "");  // it looked at the fence, and there is none
  EXPECT_EQ(pod.world.files.content("chart.tgz"), k_first + k_second);
  EXPECT_EQ(pod.world.files.mode("chart.tgz"), 0600U);
  EXPECT_EQ(pod.world.processes.count({"kubectl", "get", "configmap"}), 1U);
}

TEST(Chunks, that_are_damaged_missing_or_no_base64_are_refused_by_name) {
  const std::string name = wire::chunk_secret(sha(k_second));
  std::string flipped = k_second;
  flipped[3] = static_cast<char>(flipped[3] ^ 1);
  for (const std::string& instead :
       {base::to_base64(flipped), std::string("%%%"), std::string(), base::to_base64(k_first)}) {
    Pod pod;
    pod.secrets[name] = instead;
    const wire::Answer answer = pod.run();
    EXPECT_EQ(answer.kind, "refused") << instead;
    EXPECT_TRUE(base::contains(answer.cause, name + " does not hold what it is named by")) << answer.cause;
    EXPECT_TRUE(base::contains(answer.cure, "namespace shop"));
    EXPECT_TRUE(pod.touched_nothing()) << instead;
  }
  Pod pod;
  pod.secrets.erase(name);
  const wire::Answer answer = pod.run();
  EXPECT_TRUE(base::contains(answer.cause, name + " is missing"));
  EXPECT_EQ(answer.cure, "run again");  // nothing is there that could be deleted
  EXPECT_TRUE(pod.touched_nothing());
}

TEST(Chunks, that_are_doubled_reordered_or_left_out_are_refused) {
  const std::string first = sha(k_first);
  const std::string second = sha(k_second);
  for (const std::vector<std::string>& order : {std::vector<std::string>{first, second, second},
                                                {first, first, second},
                                                {second, first},
                                                {first},
                                                {second},
                                                {first, first}}) {
    Pod pod;
    pod.job.files[0].chunks = order;
    const wire::Answer answer = pod.run();
    EXPECT_EQ(answer.kind, "refused");
    EXPECT_TRUE(base::contains(answer.cause, "file chart.tgz is not as it was sent")) << answer.cause;
    EXPECT_TRUE(pod.touched_nothing());
  }
}

TEST(Chunks, a_secret_that_cannot_be_read_is_no_missing_one) {
  Pod pod;
  pod.world.processes.when({"kubectl", "get", "secret", wire::chunk_secret(sha(k_first))},
                           fake::Script::fails("Error from server (Forbidden): secrets \"x\" is forbidden"));
  const wire::Answer answer = pod.run();
  EXPECT_EQ(answer.kind, "auth");
  EXPECT_TRUE(pod.touched_nothing());
}
