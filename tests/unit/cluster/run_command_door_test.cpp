#include "cluster/run_command_door.hpp"

#include <gtest/gtest.h>

#include "agent_images/agent_images.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "cluster/transfer.hpp"
#include "fake/sys.hpp"
#include "unit/cluster/answers.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using base::Millis;
using base::Outcome;
using fake::FakeHttp;
using test::has_kind;
using test::is_ok;

namespace {

constexpr const char* k_location = "https://arm.example/x/commandResults/c0ffee";

// A cluster behind Azure: the command ends `lasts` after its POST, with `end` as its result.
struct Azure {
  fake::FakeSys world;
  sys::Sys sys = world.sys();
  azure::Entra entra{
      sys, world.http, "https://login.example",
      "t", "c",        [this](base::Instant) { return base::Result<base::Secret>(sys.secrets.make("assertion")); }};
  azure::Arm arm{sys, world.http, entra, "https://arm.example", "scope", {"S", "Rg", "Aks"}, "2025-10-01"};
  cluster::RunCommandDoor door{sys, arm, entra};

  std::vector<std::string> commands;
  std::vector<std::string> contexts;
  std::vector<std::string> tokens;
  Millis lasts{5'000};
  // The properties of the ended command; the job's digest is known by then.
  std::function<json::Object(const std::string& job_sha256)> end = [](const std::string& job_sha256) {
    wire::Answer answer;
    answer.verdict = wire::Verdict::healthy;
    answer.architecture = "arm64";
    return json::Object{
        {"provisioningState", "Succeeded"}, {"exitCode", 0}, {"logs", "noise" + test::answered(job_sha256, answer)}};
  };
  base::Instant ends;

  explicit Azure(const char* properties = "{}", const char* token_life = "3600") {
    const std::string token = std::string(R"({"access_token":"t0ken","expires_in":)") + token_life + "}";
    world.http.when("POST", "/oauth2/", FakeHttp::json(200, token));
    world.http.when("GET", "/managedClusters/",
                    FakeHttp::json(200, std::string(R"({"properties":)") + properties + "}"));
    world.http.when("POST", "/runCommand", [this](const sys::Request& request) -> FakeHttp::Reply {
      const auto body = json::parse(request.body);
      commands.push_back((*body)["command"].string_or_empty());
      contexts.push_back(base::from_base64((*body)["context"].string_or_empty()).value());
      tokens.push_back((*body)["clusterToken"].string_or_empty());
      ends = world.clock.monotonic() + lasts;
      return FakeHttp::json(202, "", {{"Location", k_location}});
    });
    world.http.when("GET", "commandResults", [this](const sys::Request&) -> FakeHttp::Reply {
      if (world.clock.monotonic() < ends) return FakeHttp::json(202, "");
      const std::string job = commands.back().substr(commands.back().rfind(' ') + 1);
      return FakeHttp::json(200, json::to_text(json::Object{{"properties", end(job)}}));
    });
  }
  base::Instant soon() { return world.clock.monotonic() + Millis{300'000}; }
  base::Result<wire::Answer> run(base::Instant deadline) {
    return door.run(test::a_job(), {{"chart.tgz", "chart"}}, deadline);
  }
  base::Result<wire::Answer> run() { return run(soon()); }
};

std::function<json::Object(const std::string&)> ended(json::Object properties) {
  return [properties](const std::string&) { return properties; };
}

}  // namespace

TEST(RunCommandDoor, carries_a_job_there_and_its_answer_back) {
  Azure azure;
  ASSERT_TRUE(is_ok(azure.door.open(azure.soon())));
  const auto answer = azure.run();
  ASSERT_TRUE(is_ok(answer));
  EXPECT_EQ(answer->verdict, wire::Verdict::healthy);
  EXPECT_EQ(azure.commands.size(), 1U);
  EXPECT_EQ(azure.tokens.front(), "");
  EXPECT_EQ(azure.door.costs().calls, 1);
  EXPECT_EQ(azure.door.costs().bytes, azure.contexts.front().size());
  EXPECT_EQ(azure.door.cluster_id(),
            "/subscriptions/s/resourcegroups/rg/providers/microsoft.containerservice/managedclusters/aks");
  EXPECT_TRUE(azure.door.outlives_us());
}

TEST(RunCommandDoor, sends_both_agents_until_it_knows_which_one_runs) {
  Azure azure;
  ASSERT_TRUE(is_ok(azure.run()));
  ASSERT_TRUE(is_ok(azure.run()));
  for (const char* name : {"job.json", "chart.tgz", "agent-arm64", "agent-amd64"})
    EXPECT_TRUE(base::contains(azure.contexts[0], name)) << name;
  EXPECT_TRUE(base::contains(azure.contexts[1], "agent-arm64"));
  EXPECT_FALSE(base::contains(azure.contexts[1], "agent-amd64"));
}

TEST(RunCommandDoor, opens_only_where_commands_can_be_run) {
  struct Row {
    const char* properties;
    const char* code;
    const char* cure;
  };
  const Row rows[] = {
      {R"({"powerState":{"code":"Stopped"}})", "stopped", "az aks start --resource-group Rg --name Aks"},
      {R"({"apiServerAccessProfile":{"disableRunCommand":true}})", "run-command-disabled",
       "az aks update --enable-run-command"}};
  for (const Row& row : rows) {
    Azure azure(row.properties);
    const auto opened = azure.door.open(azure.soon());
    ASSERT_TRUE(has_kind(opened, Outcome::refused)) << row.properties;
    EXPECT_EQ(opened.error().code, row.code);
    EXPECT_NE(opened.error().cure.find(row.cure), std::string::npos) << opened.error().cure;
    EXPECT_TRUE(azure.commands.empty());
  }
}

TEST(RunCommandDoor, gives_a_cluster_with_entra_the_token_it_asks_for) {
  Azure azure(R"({"aadProfile":{"managed":true}})");
  ASSERT_TRUE(is_ok(azure.door.open(azure.soon())));
  ASSERT_TRUE(is_ok(azure.run()));
  EXPECT_EQ(azure.tokens.front(), "t0ken");
  const auto scope = azure.world.http.requests;
  EXPECT_TRUE(std::any_of(scope.begin(), scope.end(), [](const sys::Request& request) {
    return base::contains(request.body, "6dae42f8-4368-4678-94ff-3960e28e3630");
  }));
}

TEST(RunCommandDoor, ends_a_call_before_its_token_does) {
  Azure brief(R"({"aadProfile":{"managed":true}})", "60");
  ASSERT_TRUE(is_ok(brief.door.open(brief.soon())));
  const auto refused = brief.run();
  ASSERT_TRUE(has_kind(refused, Outcome::auth));
  EXPECT_TRUE(brief.commands.empty());

  // 200 s of life leave 140 s for the call, whatever the caller's deadline.
  Azure short_life(R"({"aadProfile":{"managed":true}})", "200");
  ASSERT_TRUE(is_ok(short_life.door.open(short_life.soon())));
  short_life.lasts = Millis{1'000'000};
  const base::Instant began = short_life.world.clock.monotonic();
  const auto answer = short_life.run();
  ASSERT_TRUE(has_kind(answer, Outcome::unknown));
  EXPECT_EQ(answer.error().code, "no-answer");
  EXPECT_LE(short_life.world.clock.monotonic() - began, Millis{140'000});
}

TEST(RunCommandDoor, never_takes_a_missing_answer_for_success) {
  struct Row {
    const char* what;
    json::Object properties;
    Outcome kind;
    const char* code;
    const char* part;
  };
  const Row rows[] = {
      {"nothing printed",
       {{"provisioningState", "Succeeded"}, {"exitCode", 0}, {"logs", ""}},
       Outcome::unknown,
       "no-answer",
       "holds no answer"},
      {"cut",
       {{"provisioningState", "Succeeded"}, {"exitCode", 0}, {"logs", "\nsentimark-answer begin "}},
       Outcome::unknown,
       "no-answer",
       "holds no answer"},
      {"lost pod",
       {{"provisioningState", "Failed"}, {"reason", "PodLost"}},
       Outcome::unknown,
       "no-answer",
       "Azure says PodLost"},
      {"cancelled", {{"provisioningState", "Canceled"}}, Outcome::unknown, "no-answer", "Azure says Canceled"},
      {"killed", {{"provisioningState", "Failed"}, {"exitCode", 137}}, Outcome::unknown, "no-answer", "exit code 137"},
      {"not executable",
       {{"provisioningState", "Succeeded"}, {"exitCode", 126}, {"logs", "sh: ./agent-amd64: Permission denied"}},
       Outcome::refused,
       "no-exec",
       "exit code 126"},
      {"not found",
       {{"provisioningState", "Succeeded"}, {"exitCode", 127}, {"logs", ""}},
       Outcome::refused,
       "no-exec",
       "exit code 127"},
  };
  for (const Row& row : rows) {
    Azure azure;
    azure.end = ended(row.properties);
    const auto answer = azure.run();
    ASSERT_TRUE(has_kind(answer, row.kind)) << row.what;
    EXPECT_EQ(answer.error().code, row.code) << row.what;
    EXPECT_NE(answer.error().what.find(row.part), std::string::npos) << row.what << ": " << answer.error().what;
    EXPECT_FALSE(answer.error().cure.empty());
  }
  Azure azure;
  azure.end = ended({{"provisioningState", "Succeeded"}, {"exitCode", 1}, {"logs", "\x1b[31mhelm: not found"}});
  EXPECT_FALSE(azure.run().ok());
  ASSERT_EQ(azure.world.log.quotes.size(), 1U);  // as data, never as our own words
  EXPECT_EQ(azure.world.log.quotes.front().text, "\x1b[31mhelm: not found");
}

TEST(RunCommandDoor, looks_rarely_and_stops_at_the_deadline) {
  Azure azure;
  azure.lasts = Millis{1'000'000};
  const base::Instant deadline = azure.soon();
  const auto answer = azure.run(deadline);
  ASSERT_TRUE(has_kind(answer, Outcome::unknown));
  EXPECT_EQ(answer.error().code, "no-answer");
  EXPECT_LE(azure.world.clock.monotonic(), deadline);
  // 30 s watched and 10 s for the pod are planned: 10 looks in the first 20 s, 4 until 40 s, then one each 2 s.
  EXPECT_LT(azure.world.http.count("GET", "commandResults"), 150U);
  EXPECT_EQ(azure.commands.size(), 1U);
}

TEST(RunCommandDoor, detaches_when_told_to_stop) {
  Azure azure;
  azure.lasts = Millis{100'000};
  azure.world.clock.plan(azure.world.clock.monotonic() + Millis{7'000},
                         [&] { azure.world.stop.request(sys::StopKind::interrupt); });
  const auto answer = azure.run();
  ASSERT_TRUE(has_kind(answer, Outcome::interrupted));
  EXPECT_EQ(answer.error().code, "detached");
  EXPECT_NE(answer.error().what.find("c0ffee"), std::string::npos);
}

TEST(RunCommandDoor, tells_a_call_that_never_began_from_one_that_may_have) {
  Azure refused;
  refused.world.http.when("POST", "/managedClusters/Aks/runCommand",
                          FakeHttp::json(403, R"({"error":{"code":"AuthorizationFailed"}})"));
  EXPECT_TRUE(has_kind(refused.run(), Outcome::auth));
  Azure silent;
  silent.world.http.when("POST", "/managedClusters/Aks/runCommand", FakeHttp::json(504, "{}"));
  const auto answer = silent.run();
  ASSERT_TRUE(has_kind(answer, Outcome::unknown));
  EXPECT_EQ(answer.error().code, "ambiguous");
  // A result that cannot be asked for is no reason to think that nothing runs.
  Azure deaf;
  deaf.world.http.when("GET", "/x/commandResults/c0ffee", base::fail(Outcome::network, "no route", "", "connect"));
  const auto lost = deaf.run();
  ASSERT_TRUE(has_kind(lost, Outcome::unknown));
  EXPECT_EQ(lost.error().code, "no-answer");
}

TEST(RunCommandDoor, tells_the_agent_when_it_would_come_too_late) {
  Azure azure;
  const auto wall = azure.world.clock.wall();
  (void)azure.run(azure.world.clock.monotonic() + Millis{90'000});
  const std::string& context = azure.contexts.front();
  // job.json is short and stored or deflated; its digest stands in the command, so it is rebuilt and compared.
  wire::Job job = test::a_job();
  job.in_pod = true;
  job.not_after = wall + Millis{90'000};
  for (const agent_images::AgentImage& image : agent_images::agent_images())
    job.files.push_back({"agent-" + std::string(image.architecture), image.size, std::string(image.sha256)});
  job.files.push_back({"chart.tgz", 5, digest::sha256_hex("chart")});
  EXPECT_TRUE(base::contains(azure.commands.front(), digest::sha256_hex(json::to_text(wire::to_json(job)))));
  EXPECT_TRUE(base::contains(context, "job.json"));
}

TEST(RunCommandDoor, goes_on_without_the_agent_where_it_may_not_be_executed) {
  Azure azure;
  azure.end = ended({{"provisioningState", "Succeeded"}, {"exitCode", 126}, {"logs", "Permission denied"}});
  ASSERT_TRUE(has_kind(azure.run(), Outcome::refused));  // here not even a shell is to be had
  ASSERT_EQ(azure.commands.size(), 2U);
  EXPECT_TRUE(base::contains(azure.commands[0], "exec ./$a"));
  EXPECT_EQ(azure.commands[1].rfind("exec sh ./reduced.sh ", 0), 0U) << azure.commands[1];
  EXPECT_TRUE(azure.door.costs().reduced);
  ASSERT_FALSE(azure.run());
  EXPECT_EQ(azure.commands.size(), 3U);  // and does not try the agent again
}

TEST(RunCommandDoor, a_kill_or_silence_is_no_reason_to_go_on_without_the_agent) {
  const json::Object ends[] = {{{"provisioningState", "Failed"}, {"exitCode", 126}},
                               {{"provisioningState", "Succeeded"}, {"exitCode", 137}, {"logs", ""}},
                               {{"provisioningState", "Succeeded"}, {"exitCode", 0}, {"logs", "cut"}}};
  for (const json::Object& end : ends) {
    Azure azure;
    azure.end = ended(end);
    ASSERT_TRUE(has_kind(azure.run(), Outcome::unknown));
    EXPECT_EQ(azure.commands.size(), 1U);
    EXPECT_FALSE(azure.door.costs().reduced);
  }
}

namespace {

// Azure with a limit: a larger body is refused, a chunk's call tells that every chunk is there.
struct SmallAzure : Azure {
  std::size_t limit = 0;
  std::vector<std::size_t> refused;
  std::string chart = std::string(2'000'000, 'x');

  explicit SmallAzure(std::size_t most) : limit(most) {
    std::uint32_t state = 1;
    for (char& byte : chart) byte = static_cast<char>((state = state * 1'664'525U + 1'013'904'223U) >> 24U);
    world.http.when("POST", "/managedClusters/Aks/runCommand", [this](const sys::Request& request) -> FakeHttp::Reply {
      if (request.body.size() > limit) {
        refused.push_back(request.body.size());
        return FakeHttp::json(413, R"({"error":{"code":"RequestContentTooLarge"}})");
      }
      commands.push_back((*json::parse(request.body))["command"].string_or_empty());
      ends = world.clock.monotonic() + lasts;
      return FakeHttp::json(202, "", {{"Location", k_location}});
    });
    end = [this](const std::string& digest) {
      wire::Answer answer;
      answer.verdict = wire::Verdict::healthy;
      answer.architecture = "amd64";
      const bool script = commands.back().rfind("exec sh ./reduced.sh", 0) == 0;
      return json::Object{{"provisioningState", "Succeeded"},
                          {"exitCode", 0},
                          {"logs", script ? listed(digest) : test::answered(digest, answer)}};
    };
  }
  std::string listed(const std::string& digest) const {
    std::string names;
    for (const std::uint64_t most : {716'800U, 358'400U, 179'200U}) {
      for (const std::string_view chunk : cluster::chunks_of(chart, most))
        names += "secret/" + wire::chunk_secret(digest::sha256_hex(chunk)) + "\n";
    }
    const std::string none = "result 0 0 plain 0 " + digest::sha256_hex("") + " 0 0\n";
    return wire::frame(wire::frame_nonce(digest), none + "result 0 0 plain " + std::to_string(names.size()) + " " +
                                                      digest::sha256_hex(names) + " " + std::to_string(names.size()) +
                                                      " 0\n" + names);
  }
  base::Result<wire::Answer> deploy() { return door.run(test::a_job(), {{"chart.tgz", chart}}, soon()); }
};

}  // namespace

TEST(RunCommandDoor, what_does_not_fit_goes_ahead_in_chunks) {
  SmallAzure azure(1'500'000);
  const auto answer = azure.deploy();
  ASSERT_TRUE(is_ok(answer));
  EXPECT_EQ(azure.refused.size(), 2U);   // both agents, one agent
  ASSERT_EQ(azure.commands.size(), 2U);  // the first chunk's call tells that all of them are there
  EXPECT_EQ(azure.commands[0].rfind("exec sh ./reduced.sh ", 0), 0U);
  EXPECT_EQ(azure.door.costs().chunks, 3);
  EXPECT_GE(answer->waited, Millis{5'000});  // no time of the release
  EXPECT_LT(azure.door.costs().taken, azure.door.costs().refused);
  // Known by now: nothing is refused any more.
  ASSERT_TRUE(is_ok(azure.deploy()));
  EXPECT_EQ(azure.refused.size(), 2U);
}

TEST(RunCommandDoor, a_chunk_that_is_refused_is_halved) {
  SmallAzure azure(700'000);
  ASSERT_TRUE(is_ok(azure.deploy()));
  EXPECT_EQ(azure.refused.size(), 3U);
  EXPECT_EQ(azure.door.costs().chunks, 6);
}

TEST(RunCommandDoor, a_cluster_that_takes_no_agent_takes_no_chunk) {
  SmallAzure azure(1'000);
  const auto answer = azure.deploy();
  ASSERT_TRUE(has_kind(answer, Outcome::refused));
  EXPECT_EQ(answer.error().code, "too-large");
  EXPECT_TRUE(azure.commands.empty());
  EXPECT_LE(azure.refused.size(), 5U);
}
