// The load engine in virtual time: what is sent when, from where latency counts, and what is never more than allowed.
// DV-07, B-16, B-18.
#include "load/engine.hpp"

#include <gtest/gtest.h>

#include "fake/poller.hpp"
#include "fake/random.hpp"
#include "hurl/parse.hpp"

using namespace sentimark;
using fake::Reply;

namespace {

class NoFiles : public hurl::Files {
 public:
  base::Result<std::string> read(std::string_view) override { return base::fail(base::Outcome::config, "no file"); }
};

struct LoadEngine : testing::Test {
  fake::MicroClock clock;
  fake::FakeStop stop;
  fake::FakeRandom random;
  fake::FakePoller poller{clock};
  fake::FakeResolver resolver;
  NoFiles files;
  hurl::Variables variables;
  hurl::RunOptions options;
  load::Shape shape;
  std::string thresholds;
  int told = 0;

  LoadEngine() {
    options.deadline = clock.monotonic() + base::Millis(3'600'000);
    options.request_timeout = base::Millis(5'000);
    shape.most_in_flight = 100;
    at(100, 10);
  }

  void at(double rate, load::Micros seconds) { shape.stages = {{rate, rate, seconds * 1'000'000}}; }

  load::Measurement run(std::string_view text = "GET http://h/\nHTTP 200\n") {
    const auto file = hurl::parse(text, "t.hurl");
    EXPECT_TRUE(file) << (file ? "" : file.error().what);
    const load::Scenario scenarios[] = {{*file, files}};
    const load::World world{poller,
                            resolver,
                            clock,
                            random,
                            stop,
                            [] { return http1::Roots::none(); },
                            [this](const load::Measurement&, load::Micros) { ++told; }};
    const auto parsed = load::parse_thresholds(thresholds);
    auto seen = load::run(world, scenarios, variables, options, shape, *parsed);
    EXPECT_TRUE(seen) << (seen ? "" : seen.error().what);
    return seen ? *seen : load::Measurement{};
  }
};

TEST_F(LoadEngine, EveryArrivalIsSentWhenItIsDue) {
  const load::Measurement seen = run();
  EXPECT_EQ(seen.intended, 1'000U);
  EXPECT_EQ(seen.finished, 1'000U);
  EXPECT_EQ(seen.failed, 0U);
  EXPECT_EQ(seen.latencies.most(), 1'000U);
  EXPECT_EQ(seen.late_share(1'000), 0);
  EXPECT_EQ(resolver.asked, 1);
}

// RM-06: the same file against two servers in turn.
TEST_F(LoadEngine, AScenarioHasVariablesOfItsOwn) {
  const auto file = hurl::parse("GET http://{{host}}/\nHTTP 200\n", "t.hurl");
  ASSERT_TRUE(file);
  variables.set("host", hurl::Value::of(json::Value("of-all")));
  hurl::Variables own;
  own.set("host", hurl::Value::of(json::Value("its-own")));
  const load::Scenario scenarios[] = {{*file, files}, {*file, files, own}};
  const load::World world{poller,
                          resolver,
                          clock,
                          random,
                          stop,
                          [] { return http1::Roots::none(); },
                          [](const load::Measurement&, load::Micros) {}};
  const auto seen = load::run(world, scenarios, variables, options, shape, {});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->scenarios[0].latencies.count(), 500U);
  EXPECT_EQ(seen->scenarios[1].latencies.count(), 500U);
  EXPECT_EQ(resolver.asked, 2) << "each has a host of its own";
}

TEST_F(LoadEngine, ConnectionsAreKept) {
  EXPECT_EQ(run().connections, 1U);
  poller.reply = [](std::size_t) {
    Reply closing;
    closing.bytes = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    return closing;
  };
  EXPECT_EQ(run().connections, 1'000U);
}

// The later one may be of a kind that this machine cannot reach at all: "::1" says nothing of a server that is down.
TEST_F(LoadEngine, TheFirstAddressIsTheOneThatIsTold) {
  resolver.addresses = {"127.0.0.1", "::1"};
  poller.reach = [](const std::string& address) {
    return base::Done(base::fail(base::Outcome::network, address, {}, address == "::1" ? "unreachable" : "refused"));
  };
  const load::Measurement seen = run();
  EXPECT_EQ(seen.failed, seen.finished);
  ASSERT_EQ(seen.failures.size(), 1U);
  EXPECT_EQ(seen.failures.begin()->first, "refused");
}

// A server that stalls for one second is charged for everybody who came meanwhile, whether or not there was room.
TEST_F(LoadEngine, AStallIsChargedForAllWhoWaited) {
  shape.most_in_flight = 1;
  poller.reply = [](std::size_t request) {
    Reply slow;
    if (request == 500) slow.after = 1'000'000;
    return slow;
  };
  const load::Measurement seen = run();
  EXPECT_EQ(seen.finished, 1'000U);
  EXPECT_EQ(seen.most_in_flight, 1U);
  EXPECT_GE(seen.latencies.count_above(500'000), 45U);
  EXPECT_EQ(seen.late_share(1'000), 0) << "the server was the reason, not the generator";
}

TEST_F(LoadEngine, AGeneratorThatIsHeldBackIsFoundOut) {
  poller.at_each_wait = [this] { clock.now += 30'000; };
  EXPECT_GT(run().late_share(10'000), 0.1);
}

TEST_F(LoadEngine, TheWarmUpIsNotMeasured) {
  shape.warm_up = 5'000'000;
  poller.reply = [](std::size_t request) {
    Reply cold;
    if (request < 500) cold.after = 200'000;
    return cold;
  };
  const load::Measurement seen = run();
  EXPECT_EQ(poller.requests, 1'500U);
  EXPECT_EQ(seen.finished, 1'000U);
  EXPECT_EQ(seen.latencies.most(), 1'000U);
}

TEST_F(LoadEngine, WhoHangsTimesOutAndConnectionsStayBounded) {
  shape.most_in_flight = 20;
  poller.reply = [](std::size_t) {
    Reply none;
    none.never = true;
    return none;
  };
  const load::Measurement seen = run();
  EXPECT_EQ(seen.failed, seen.finished);
  EXPECT_LE(poller.most_open, 20U);
  EXPECT_EQ(seen.failures.at("timeout"), seen.failed);
  EXPECT_LT(seen.started, seen.intended);
  EXPECT_EQ(poller.open, 0U);
}

TEST_F(LoadEngine, CapturesTravelThroughOneRunAndRequestsAreCountedApart) {
  at(10, 10);
  const load::Measurement seen = run(
      "GET http://h/a\nHTTP 200\n[Captures]\nx: body\n\nPOST http://h/{{x}}\nHTTP 200\n[Asserts]\nbody == \"{{x}}\"\n");
  EXPECT_EQ(seen.finished, 100U);
  EXPECT_EQ(seen.failed, 0U);
  EXPECT_EQ(seen.latencies.count(), 200U);
  EXPECT_EQ(seen.scenarios[0].requests[1].latencies.count(), 100U);
  EXPECT_EQ(seen.scenarios[0].latencies.most(), 2'000U);
}

TEST_F(LoadEngine, ItEndsEarlyWhenNothingCanBeSaved) {
  thresholds = "errors<1%";
  poller.reply = [](std::size_t) { return Reply{1'000, "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"}; };
  const load::Measurement seen = run();
  EXPECT_EQ(seen.finished, 100U);
  EXPECT_NE(seen.aborted.find("errors<1%"), std::string::npos) << seen.aborted;
  EXPECT_EQ(seen.failures.begin()->first, "status 500 (t.hurl:2)");
}

TEST_F(LoadEngine, UsersBeginAnewWhenTheyHaveEnded) {
  shape.stages.clear();
  shape.users = 5;
  shape.lasts = 1'000'000;
  const load::Measurement seen = run();
  EXPECT_EQ(seen.most_in_flight, 5U);
  EXPECT_EQ(seen.finished, 5'000U);
  EXPECT_EQ(seen.connections, 5U);
}

TEST_F(LoadEngine, AConnectionThatIsClosedUnderAGetIsReplaced) {
  poller.reply = [](std::size_t request) {
    Reply closed;
    if (request == 3) closed = {1'000, "", true, false};
    return closed;
  };
  const load::Measurement seen = run();
  EXPECT_EQ(seen.failed, 0U);
  EXPECT_EQ(seen.connections, 2U);
}

TEST_F(LoadEngine, GarbageIsAFailureWithAName) {
  poller.reply = [](std::size_t) { return Reply{1'000, "SSH-2.0-x\r\n"}; };
  const load::Measurement seen = run();
  EXPECT_EQ(seen.failed, seen.finished);
  EXPECT_EQ(seen.failures.begin()->first, "not-http");
}

TEST_F(LoadEngine, ItTellsHowFarItIs) {
  at(1, 35);
  run();
  EXPECT_EQ(told, 3);
}

}  // namespace
