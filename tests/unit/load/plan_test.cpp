#include "load/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

using namespace sentimark;
using load::Micros;
using load::Plan;
using load::Stage;

namespace {

std::vector<Micros> moments(const std::vector<Stage>& stages) {
  Plan plan(stages);
  std::vector<Micros> all;
  while (const auto at = plan.next()) all.push_back(*at);
  EXPECT_EQ(all.size(), Plan::count(stages));
  EXPECT_FALSE(plan.next());
  return all;
}

constexpr Micros k_second = 1'000'000;

}  // namespace

TEST(LoadPlan, an_even_rate_sends_at_even_moments) {
  EXPECT_EQ(moments({{4, 4, k_second}}), (std::vector<Micros>{0, 250'000, 500'000, 750'000}));
  const auto third = moments({{3, 3, 10 * k_second}});
  ASSERT_EQ(third.size(), 30U);
  for (std::size_t at = 0; at < third.size(); ++at) EXPECT_EQ(third[at], (at * k_second + (at % 3 == 2 ? 1 : 0)) / 3);
  EXPECT_EQ(moments({{0.5, 0.5, 5 * k_second}}), (std::vector<Micros>{0, 2 * k_second, 4 * k_second}));
}

// 10 a second growing to 30 over 2 s: 40 in all, and the rate between two neighbours is the line's.
TEST(LoadPlan, a_ramp_follows_its_line) {
  const auto all = moments({{10, 30, 2 * k_second}});
  ASSERT_EQ(all.size(), 40U);
  EXPECT_EQ(all[0], 0U);
  for (std::size_t at = 1; at < all.size(); ++at) {
    const double between = static_cast<double>(all[at] + all[at - 1]) / 2e6;
    EXPECT_NEAR(1e6 / static_cast<double>(all[at] - all[at - 1]), 10 + 10 * between, 0.01) << at;
  }
  const auto down = moments({{30, 10, 2 * k_second}});
  ASSERT_EQ(down.size(), 40U);
  EXPECT_GT(down[39] - down[38], down[1] - down[0]);
  const auto from_nothing = moments({{0, 10, 2 * k_second}});
  ASSERT_EQ(from_nothing.size(), 10U);
  EXPECT_NEAR(static_cast<double>(from_nothing[9]), std::sqrt(0.9) * 2e6, 1.0);
}

TEST(LoadPlan, stages_join_without_a_request_lost_or_sent_twice) {
  const std::vector<Stage> stages = {
      {3, 3, k_second / 2}, {3, 7, k_second}, {0, 0, k_second}, {5, 5, k_second / 10}, {7, 7, 3 * k_second}};
  const auto all = moments(stages);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
  EXPECT_EQ(all.size(), 28U);  // 1.5 + 5 + 0 + 0.5 + 21
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](Micros at) { return at > 1'500'000 && at < 2'500'000; }), 0);
  EXPECT_TRUE(moments({}).empty());
  EXPECT_TRUE(moments({{5, 5, 0}, {0, 0, k_second}}).empty());
}

TEST(LoadPlan, a_million_requests_stay_on_their_moments) {
  Plan plan({{5'000, 5'000, 200 * k_second}});
  std::uint64_t at = 0;
  while (const auto moment = plan.next()) {
    ASSERT_EQ(*moment, at * 200);
    ++at;
  }
  EXPECT_EQ(at, 1'000'000U);
}
