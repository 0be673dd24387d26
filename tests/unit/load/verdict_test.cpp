// What a measurement means: pass, fail, inconclusive, and invalid instead of a lie. DV-08, B-18.
#include "load/verdict.hpp"

#include <gtest/gtest.h>

#include "fake/files.hpp"
#include "load/throttling.hpp"

using namespace sentimark;
using load::Verdict;

namespace {

struct LoadVerdict : testing::Test {
  load::Measurement seen;
  load::Rules rules;

  LoadVerdict() {
    rules.thresholds = *load::parse_thresholds("p(95)<500, errors<1%, rate>=0.95");
    rules.planned_seconds = 10;
    seen.lasted = 10'000'000;
    fill(1'000, 10'000);
  }
  void fill(std::uint64_t count, load::Micros latency) {
    seen.latencies = {};
    seen.late = {};
    for (std::uint64_t at = 0; at < count; ++at) seen.latencies.record(latency + at), seen.late.record(10);
    seen.intended = seen.started = seen.finished = count;
  }
  Verdict verdict() const { return load::judge(seen, rules).verdict; }
};

TEST_F(LoadVerdict, PassesWhatKeepsItsThresholds) { EXPECT_EQ(verdict(), Verdict::pass); }

TEST_F(LoadVerdict, FailsWhatIsSlowWrongOrTooFew) {
  fill(1'000, 600'000);
  EXPECT_EQ(verdict(), Verdict::fail);
  fill(1'000, 10'000);
  seen.failed = 20;
  EXPECT_EQ(verdict(), Verdict::fail);
  seen.failed = 0;
  seen.intended = 2'000;
  EXPECT_EQ(verdict(), Verdict::fail);
}

TEST_F(LoadVerdict, IsInvalidWhenTheGeneratorWasLate) {
  fill(1'000, 600'000);
  for (int at = 0; at < 50; ++at) seen.late.record(20'000);
  EXPECT_EQ(verdict(), Verdict::invalid);
}

TEST_F(LoadVerdict, IsInvalidWhenTheKernelHeldItBack) {
  seen.throttled = 0;
  EXPECT_EQ(verdict(), Verdict::pass);
  seen.throttled = 1;
  EXPECT_EQ(verdict(), Verdict::invalid);
}

TEST_F(LoadVerdict, IsInconclusiveOverTooFewRequests) {
  rules.thresholds = *load::parse_thresholds("p(99.9)<500");
  fill(200, 10'000);
  EXPECT_EQ(verdict(), Verdict::inconclusive);
}

TEST_F(LoadVerdict, WarnsOfCertificatesThatNobodyLookedAt) {
  seen.insecure = true;
  EXPECT_EQ(verdict(), Verdict::warn);
}

TEST_F(LoadVerdict, ABaselineFailsOnlyBeyondChance) {
  load::Histogram before;
  for (load::Micros at = 0; at < 1'000; ++at) before.record(10'000 + at);
  EXPECT_FALSE(load::compare(before, seen.latencies, 95).worse());
  fill(1'000, 20'000);
  rules.baseline = load::compare(before, seen.latencies, 95);
  EXPECT_TRUE(rules.baseline->worse());
  EXPECT_EQ(verdict(), Verdict::fail);
  load::Histogram few;  // so few, and so far apart, that chance makes any ratio
  for (const load::Micros value : {1'000U, 2'000U, 30'000U}) few.record(value);
  load::Histogram others;
  for (const load::Micros value : {1'000U, 2'000U, 40'000U}) others.record(value);
  const load::Comparison noise = load::compare(few, others, 95);
  EXPECT_GT(noise.ratio, 1.25);
  EXPECT_FALSE(noise.worse());
}

TEST(LoadThrottling, IsReadFromBothKindsOfCgroups) {
  fake::FakeFiles files;
  EXPECT_EQ(load::read_throttling(files), std::nullopt);
  files.put("/proc/self/cgroup", "0::/a/b\n");
  files.put("/sys/fs/cgroup/a/b/cpu.stat", "usage_usec 9\nnr_throttled 3\n");
  files.put("/sys/fs/cgroup/a/cpu.stat", "nr_throttled 4\n");
  EXPECT_EQ(load::read_throttling(files), 7U);
  files.put("/proc/self/cgroup", "3:memory:/x\n4:cpu,cpuacct:/x\n");
  files.put("/sys/fs/cgroup/cpu,cpuacct/x/cpu.stat", "nr_periods 1\nnr_throttled 5\n");
  EXPECT_EQ(load::read_throttling(files), 5U);
}

}  // namespace
