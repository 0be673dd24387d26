// When a test is lost before its end. B-18.
#include "load/watch.hpp"

#include <gtest/gtest.h>

using namespace sentimark;
using load::Watch;

namespace {

// How many arrivals, `apart` microseconds from each other, go by before the test is lost; 0: it never is.
std::uint64_t lost_after(std::string_view thresholds, std::uint64_t arrivals, load::Micros latency, bool failed,
                         load::Micros apart = 1'000) {
  const auto parsed = load::parse_thresholds(thresholds);
  Watch watch(*parsed, arrivals, arrivals);
  const std::uint64_t most = arrivals == 0 ? 10'000 : arrivals;
  for (std::uint64_t at = 1; at <= most; ++at) {
    watch.request(latency);
    if (watch.arrival(at * apart, failed)) return at;
  }
  return 0;
}

TEST(LoadWatch, NothingIsLostBeforeAHundredArrivals) {
  EXPECT_EQ(lost_after("errors<1%", 1'000, 1, true), 100U);
  EXPECT_EQ(lost_after("max<1", 1'000, 5'000, false), 100U);
}

TEST(LoadWatch, AThresholdIsLostWithTheFirstThatAllToComeCannotMakeGood) {
  EXPECT_EQ(lost_after("errors<10%", 10'000, 1, true), 1'000U);
  EXPECT_EQ(lost_after("errors<=10%", 10'000, 1, true), 1'001U);
  EXPECT_EQ(lost_after("p(90)<5", 10'000, 5'000, false), 1'001U);
  EXPECT_EQ(lost_after("p(90)<=5", 10'000, 5'000, false), 0U);
}

TEST(LoadWatch, WhatMayStillBeKeptIsNotLost) {
  EXPECT_EQ(lost_after("p(95)<500, errors<1%", 10'000, 1'000, false), 0U);
  EXPECT_EQ(lost_after("errors>0.5, rps>1", 2'000, 1, true), 0U) << "only upper bounds can be lost";
}

TEST(LoadWatch, MoreThanHalfFailingOverFiveSecondsIsLostWithoutAThreshold) {
  EXPECT_EQ(lost_after("", 0, 1, true, 10'000), 401U) << "once the window is whole: four seconds and the first";
  EXPECT_EQ(lost_after("", 0, 1, true, 100'000), 0U) << "fewer than a hundred stand in a window";
}

TEST(LoadWatch, WhatIsPastDoesNotCount) {
  Watch watch({}, 0, 0);
  load::Micros now = 0;
  for (int at = 0; at < 10'000; ++at) EXPECT_FALSE(watch.arrival(now += 10'000, false));
  int failures = 1;
  while (failures < 1'000 && !watch.arrival(now += 10'000, true)) ++failures;
  EXPECT_GT(failures, 200);
  EXPECT_LT(failures, 260);
}

}  // namespace
