// verify restore through the frame of all programs, in virtual time. X-12.
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "json/text.hpp"
#include "unit/verify/called.hpp"

using namespace sentimark;
using test::call;

namespace {

struct VerifyRestore : testing::Test {
  fake::FakeSys world;
  const base::WallTime now = world.clock.wall();
  const std::string incident = base::to_rfc3339(now);

  VerifyRestore() {
    world.files.put("/m.hurl", "GET http://h/marker\nHTTP 200\n[Captures]\nmarker: jsonpath \"$.marker\"\n");
  }
  std::string before(int minutes, const std::string& id) const { return moment(minutes) + " " + id; }
  std::string moment(int minutes) const { return base::to_rfc3339({now.since_epoch - base::Millis(minutes * 60'000)}); }
  void serve(int status, const std::string& body) {
    world.network.answer("HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) +
                         "\r\n\r\n" + body);
  }
  test::Called restore(std::vector<std::string> more) {
    std::vector<std::string> arguments{"restore", "/m.hurl",  "--format",        "json",     "--incident",
                                       incident,  "--marker", before(9, "nine"), "--marker", before(2, "two")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return call(world, arguments);
  }
  static json::Value value(const test::Called& told) { return json::parse(told.out).value(); }
};

}  // namespace

TEST_F(VerifyRestore, times_are_measured_from_the_incident_and_the_record_of_the_drill) {
  serve(503, "");
  serve(200, "{}");  // it answers, but its data are not back
  serve(200, R"({"marker":"two"})");
  world.clock.advance(base::Millis(90'000));
  const auto told = restore({"--max-rto", "2m", "--max-rpo", "2m"});
  EXPECT_EQ(told.exit_code, 0) << told.log;
  EXPECT_EQ(value(told)["rtoSeconds"].number_or(0), 92) << told.out;
  EXPECT_EQ(value(told)["rpoSeconds"].number_or(0), 120);
  EXPECT_EQ(value(told)["looks"].int_or(0), 3);
  EXPECT_TRUE(base::contains(told.out, "the newest marker came back"));
}

TEST_F(VerifyRestore, each_limit_fails_by_itself) {
  const auto verdicts = [this](std::vector<std::string> limits) {
    serve(200, R"({"marker":"nine"})");
    const auto told = restore(std::move(limits));
    std::string words = std::to_string(told.exit_code);
    const json::Value result = value(told);
    for (const json::Value& one : result["findings"].items())
      words += " " + one["rule"].string_or_empty() + " " + one["verdict"].string_or_empty();
    return words;
  };
  world.clock.advance(base::Millis(90'000));
  EXPECT_EQ(verdicts({}), "0 RTO pass RPO pass");
  EXPECT_EQ(verdicts({"--max-rto", "80s"}), "7 RTO fail RPO pass");
  EXPECT_EQ(verdicts({"--max-rpo", "5m"}), "7 RTO pass RPO fail");
  EXPECT_EQ(verdicts({"--max-rpo", "9m"}), "0 RTO pass RPO pass");
}

TEST_F(VerifyRestore, data_of_somebody_else_are_no_restore) {
  serve(200, R"({"marker":"x\n::error::y"})");
  const auto told = restore({});
  EXPECT_EQ(told.exit_code, 7);
  EXPECT_TRUE(base::contains(told.out, "which is none of the drill's")) << told.out;
  EXPECT_FALSE(base::contains(told.log, "\n::error"));
}

TEST_F(VerifyRestore, what_does_not_answer_in_time_is_open_until_a_limit_is_passed) {
  for (int i = 0; i < 40; ++i) serve(503, "");
  const auto open = restore({"--timeout", "10s"});
  EXPECT_EQ(open.exit_code, 30) << open.log;
  EXPECT_TRUE(base::contains(open.log, "not yet: ")) << open.log;
  EXPECT_TRUE(value(open)["rtoSeconds"].is_null());
  EXPECT_EQ(restore({"--timeout", "10s", "--max-rto", "5s"}).exit_code, 7);
}

TEST_F(VerifyRestore, wrong_inputs_are_usage_errors) {
  const auto refused = [this](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"restore", "/m.hurl"});
    return call(world, arguments).exit_code == 2;
  };
  EXPECT_TRUE(refused({"--incident", incident}));
  EXPECT_TRUE(refused({"--marker", before(1, "x")}));
  EXPECT_TRUE(refused({"--incident", "yesterday", "--marker", before(1, "x")}));
  EXPECT_TRUE(refused({"--incident", incident, "--marker", "x"}));
  EXPECT_TRUE(refused({"--incident", incident, "--marker", before(-1, "after")}));
  EXPECT_TRUE(refused({"--incident", moment(-5), "--marker", before(1, "x")}));
  EXPECT_TRUE(refused({"--incident", incident, "--marker", before(1, "x"), "--variable", "marker=x"}));
  EXPECT_TRUE(refused({"--incident", incident, "--marker", before(1, "x"), "--max-rto", "soon"}));
}
