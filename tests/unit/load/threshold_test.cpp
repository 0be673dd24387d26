#include "load/threshold.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

using namespace sentimark;
using load::Histogram;

namespace {

std::string refusal(std::string_view text) {
  const auto read = load::parse_thresholds(text);
  return read ? "none" : read.error().what;
}

load::ThresholdVerdict judged(std::string_view text, const load::Measured& measured) {
  const auto read = load::parse_thresholds(text);
  EXPECT_TRUE(read && read->size() == 1) << text;
  return load::judge((*read)[0], measured);
}

}  // namespace

TEST(LoadThreshold, reads_every_metric_relation_and_unit) {
  const auto read = load::parse_thresholds(
      "p(95)<500, p(99.9) <= 1.5s\n\navg<200ms,min>=100us , max < 2s\nerrors<1%, errors<=0.01\r\nrate>=0.95,rate>=95% "
      ",rps>100.5");
  ASSERT_TRUE(read) << read.error().what;
  const double bounds[] = {500'000, 1'500'000, 200'000, 100, 2'000'000, 0.01, 0.01, 0.95, 0.95, 100.5};
  ASSERT_EQ(read->size(), std::size(bounds));
  for (std::size_t at = 0; at < read->size(); ++at)
    EXPECT_DOUBLE_EQ((*read)[at].bound, bounds[at]) << (*read)[at].source;
  EXPECT_EQ((*read)[1].percent, 99.9);
  EXPECT_EQ((*read)[1].source, "p(99.9) <= 1.5s");
  EXPECT_EQ((*read)[3].relation, load::Threshold::Relation::at_least);
  EXPECT_TRUE(load::parse_thresholds(" ,\n ")->empty());
}

TEST(LoadThreshold, says_where_and_what_is_wrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"p95<5", "column 1: p(95), avg, min, max"},
      {"avg<5, q<1", "column 8: p(95), avg, min, max"},
      {"p(0)<5", "p(95), avg"},
      {"p(101)<5", "p(95), avg"},
      {"avg=5", "column 4: <, <=, > or >= is needed"},
      {"avg<", "column 5: a number is needed"},
      {"avg<-1", "column 5: a number is needed"},
      {"avg<1.", "a number is needed"},
      {"avg<1e3", "column 6: the threshold should end here"},
      {"avg<5%", "column 6: the threshold should end here"},
      {"errors<5ms", "column 9: this unit does not belong here"},
      {"errors<101%", "this unit does not belong here"},
      {"rps>5%", "the threshold should end here"},
      {"avg<1234567890", "a number is needed"},
  };
  for (const auto& [text, expected] : cases)
    EXPECT_TRUE(base::contains(refusal(text), expected)) << text << " said: " << refusal(text);
}

TEST(LoadThreshold, judges_what_was_measured) {
  Histogram latencies;
  for (load::Micros ms = 1; ms <= 200; ++ms) latencies.record(ms * 1000);
  const load::Measured measured{latencies, 1'000, 10, 100, 96};
  EXPECT_TRUE(judged("p(95)<191", measured).holds);
  EXPECT_FALSE(judged("p(95)<190", measured).holds);
  EXPECT_TRUE(judged("min<=1", measured).holds);
  EXPECT_FALSE(judged("min<1", measured).holds);
  EXPECT_TRUE(judged("max>=200", measured).holds);
  EXPECT_FALSE(judged("max>200", measured).holds);
  EXPECT_TRUE(judged("avg<101", measured).holds);
  EXPECT_TRUE(judged("errors<=1%", measured).holds);
  EXPECT_FALSE(judged("errors<1%", measured).holds);
  EXPECT_TRUE(judged("rate>=0.96", measured).holds);
  EXPECT_FALSE(judged("rate>=97%", measured).holds);
  EXPECT_TRUE(judged("rps>95", measured).holds);
  EXPECT_DOUBLE_EQ(judged("rate>=0.9", measured).actual, 0.96);
}

TEST(LoadThreshold, too_few_values_say_nothing_of_a_percentile) {
  Histogram latencies;
  for (int i = 0; i < 999; ++i) latencies.record(5);
  const load::Measured measured{latencies, 999, 0, 10, 10};
  EXPECT_FALSE(judged("p(99)<1", measured).enough);
  EXPECT_TRUE(judged("p(95)<1", measured).enough);
  latencies.record(5);
  EXPECT_TRUE(judged("p(99)<1", measured).enough);
  const Histogram none;
  EXPECT_FALSE(judged("avg<1", {none, 5, 5, 10, 10}).enough);
  EXPECT_TRUE(judged("errors<1%", {none, 5, 5, 10, 10}).enough);
  EXPECT_FALSE(judged("errors<1%", {none, 5, 5, 10, 10}).holds);
}
