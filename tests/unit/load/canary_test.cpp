// Whether a canary is worse than the stable release, and when that cannot be said. RM-06.
#include "load/canary.hpp"

#include <gtest/gtest.h>

using namespace sentimark;
using load::Verdict;

namespace {

struct LoadCanary : testing::Test {
  load::Measurement seen;
  load::Rules rules;
  load::Margins margins{0.01, 0.25, 200};

  LoadCanary() {
    seen.scenarios.resize(2);
    fill(0, 1'000, 0);
    fill(1, 1'000, 0);
  }
  // Latencies of so many arrivals about `latency`, some of them failed.
  void fill(std::size_t side, std::uint64_t count, std::uint64_t failed, load::Micros latency = 20'000) {
    seen.scenarios[side].latencies = {};
    for (std::uint64_t at = 0; at < count; ++at) seen.scenarios[side].latencies.record(latency + at % 100 * 50);
    seen.scenarios[side].failed = failed;
    seen.finished = seen.scenarios[0].latencies.count() + seen.scenarios[1].latencies.count();
    seen.started = seen.finished;
  }
  load::CanaryJudgement judged() const { return load::judge_canary(seen, rules, margins); }
  Verdict verdict() const { return judged().verdict; }
};

TEST_F(LoadCanary, AnEqualOnePasses) {
  const load::CanaryJudgement equal = judged();
  EXPECT_EQ(equal.verdict, Verdict::pass) << equal.reason;
  ASSERT_EQ(equal.compared.size(), 3U);
  EXPECT_EQ(equal.compared[2].what, "p95");
  EXPECT_NEAR(equal.compared[2].change, 0, 0.001);
  EXPECT_LE(equal.compared[2].low, 0);
}

TEST_F(LoadCanary, ASlowOneFailsAndAFastOneDoesNot) {
  fill(1, 1'000, 0, 40'000);
  EXPECT_EQ(verdict(), Verdict::fail);
  EXPECT_EQ(judged().reason, "the canary is worse than the stable release: p50, p95");
  fill(1, 1'000, 0, 10'000);
  EXPECT_EQ(verdict(), Verdict::pass);
}

TEST_F(LoadCanary, WithinTheMarginIsNoFailure) {
  fill(1, 1'000, 0, 23'000);
  EXPECT_EQ(verdict(), Verdict::pass) << "slower, surely, but by less than a quarter";
  margins.latency = 0.05;
  EXPECT_EQ(verdict(), Verdict::fail);
}

TEST_F(LoadCanary, AnErringOneFailsByWhatItsStableSideDoesNotDo) {
  fill(1, 1'000, 50);
  EXPECT_EQ(verdict(), Verdict::fail);
  EXPECT_EQ(judged().reason, "the canary is worse than the stable release: errors");
  fill(0, 1'000, 50);
  EXPECT_EQ(verdict(), Verdict::pass);
}

// Table II of the paper, column (a): 56 of 70 less 48 of 80.
TEST_F(LoadCanary, TheIntervalOfTheErrorsIsNewcombes) {
  load::Side first;
  load::Side second;
  first.finished = 80;
  first.failed = 48;
  second.finished = 70;
  second.failed = 56;
  const load::Compared one = load::compare_errors(first, second, 0);
  EXPECT_NEAR(one.change, 0.2, 1e-9);
  EXPECT_NEAR(one.low, 0.0524, 5e-5);
  EXPECT_NEAR(one.high, 0.3339, 5e-5);
}

TEST_F(LoadCanary, WhatChanceCouldHaveDoneIsInconclusive) {
  fill(1, 1'000, 0);
  fill(0, 200, 0);
  fill(1, 200, 3);
  EXPECT_EQ(verdict(), Verdict::inconclusive) << "1.5 % of 200";
  fill(0, 4'000, 0);
  fill(1, 4'000, 60);
  EXPECT_EQ(verdict(), Verdict::fail) << "1.5 % of 4,000";
}

TEST_F(LoadCanary, TooFewPassNothingAndProveWhatIsPlain) {
  fill(1, 199, 0);
  EXPECT_EQ(verdict(), Verdict::inconclusive);
  fill(0, 30, 0);
  fill(1, 30, 30);
  EXPECT_EQ(verdict(), Verdict::fail);
  fill(1, 0, 0);
  EXPECT_EQ(verdict(), Verdict::inconclusive);
  EXPECT_TRUE(judged().compared.empty());
}

TEST_F(LoadCanary, WithAStableReleaseThatFailsThereIsNothingToCompare) {
  fill(0, 1'000, 600);
  fill(1, 1'000, 600);
  EXPECT_EQ(verdict(), Verdict::inconclusive);
  fill(1, 1'000, 1'000);
  EXPECT_EQ(verdict(), Verdict::fail) << "worse is worse";
}

TEST_F(LoadCanary, AGeneratorThatWasHeldBackSaysNothing) {
  fill(1, 1'000, 500);
  seen.throttled = 1;
  EXPECT_EQ(verdict(), Verdict::invalid);
}

TEST_F(LoadCanary, ScenariosBelongToTheSidesInTurn) {
  seen.scenarios.resize(4);
  seen.scenarios[2] = seen.scenarios[0];
  seen.scenarios[3] = seen.scenarios[1];
  seen.scenarios[3].failed = 7;
  const std::vector<load::Side> sides = load::sides_of(seen, 2);
  EXPECT_EQ(sides[0].failed, 0U);
  EXPECT_EQ(sides[1].failed, 7U);
  EXPECT_EQ(sides[1].latencies.count(), 2'000U);
}

}  // namespace
