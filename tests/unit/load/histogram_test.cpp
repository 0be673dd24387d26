#include "load/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "unit/matchers.hpp"

using namespace sentimark;
using load::Histogram;
using load::Micros;
using test::has_kind;

namespace {

// Numbers that are the same in every run.
class Sequence {
 public:
  Micros next(Micros below) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33U) % below;
  }

 private:
  std::uint64_t state_ = 1;
};

Histogram of(const std::vector<Micros>& values) {
  Histogram histogram;
  for (const Micros value : values) histogram.record(value);
  return histogram;
}

// The definition, by sorting.
Micros exact(std::vector<Micros> values, double percent) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * static_cast<double>(values.size())));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

}  // namespace

TEST(LoadHistogram, keeps_three_digits_of_every_size) {
  Sequence sequence;
  std::vector<Micros> values;
  for (Micros below = 2; below <= Histogram::k_most; below *= 2) {
    for (int i = 0; i < 200; ++i) values.push_back(1 + sequence.next(below));
  }
  const Histogram histogram = of(values);
  EXPECT_EQ(histogram.count(), values.size());
  EXPECT_EQ(histogram.least(), *std::min_element(values.begin(), values.end()));
  EXPECT_EQ(histogram.most(), *std::max_element(values.begin(), values.end()));
  for (const double percent : {0.0, 1.0, 10.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 100.0}) {
    const Micros wanted = exact(values, percent);
    const Micros got = histogram.percentile(percent);
    EXPECT_GE(got, wanted) << percent;
    EXPECT_LE(static_cast<double>(got), static_cast<double>(wanted) * 1.001 + 0.5) << percent;
  }
}

TEST(LoadHistogram, small_values_are_exact_and_large_ones_count_as_the_largest) {
  const Histogram histogram = of({1, 2, 2'047, 3, 0, 100'000'000});
  EXPECT_EQ(histogram.percentile(0), 1U);
  EXPECT_EQ(histogram.percentile(50), 2U);
  EXPECT_EQ(histogram.percentile(80), 2'047U);
  EXPECT_EQ(histogram.percentile(100), Histogram::k_most);
  EXPECT_EQ(histogram.least(), 1U);
  EXPECT_EQ(Histogram().percentile(50), 0U);
  EXPECT_EQ(Histogram().least(), 0U);
  EXPECT_EQ(of({10, 20, 60}).mean(), 30.0);
}

TEST(LoadHistogram, parts_add_up_to_exactly_the_whole) {
  Sequence sequence;
  Histogram whole;
  std::vector<Histogram> parts(7);
  for (int i = 0; i < 20'000; ++i) {
    const Micros value = 1 + sequence.next(5'000'000);
    whole.record(value);
    parts[sequence.next(6)].record(value);  // the seventh stays empty
  }
  Histogram sum;
  for (const Histogram& part : parts) sum.add(part);
  EXPECT_EQ(sum, whole);
  EXPECT_EQ(sum.to_text(), whole.to_text());
}

TEST(LoadHistogram, survives_being_written_and_read) {
  for (const Histogram& histogram : {Histogram(), of({1}), of({60'000'000, 60'000'000}), of({5, 5, 4'097, 123'456})}) {
    const auto read = Histogram::parse(histogram.to_text());
    ASSERT_TRUE(read) << histogram.to_text();
    EXPECT_EQ(*read, histogram);
  }
  EXPECT_EQ(of({5, 5, 4'097}).to_text(), "sentimark-histogram 1 us count=3 sum=4107 least=5 most=4097\n5 2\n4096 1\n");
}

TEST(LoadHistogram, a_file_that_contradicts_itself_is_refused) {
  const std::string title = "sentimark-histogram 1 us";
  for (const std::string& text :
       {std::string(), std::string("\n"), title, title + " count=1 sum=5 least=5\n5 1\n",
        std::string("sentimark-histogram 2 us count=1 sum=5 least=5 most=5\n5 1\n"),
        title + " count=2 sum=5 least=5 most=5\n5 1\n", title + " count=1 sum=6 least=5 most=5\n5 1\n",
        title + " count=1 sum=5 least=4 most=5\n5 1\n", title + " count=1 sum=5 least=5 most=6\n5 1\n",
        title + " count=2 sum=11 least=5 most=6\n6 1\n5 1\n", title + " count=2 sum=10 least=5 most=5\n5 1\n5 1\n",
        title + " count=1 sum=4097 least=4097 most=4097\n4097 1\n", title + " count=0 sum=0 least=0 most=0\n5 0\n",
        title + " count=1 sum=0 least=0 most=0\n0 1\n", title + " count=1 sum=5 least=5 most=5\n5 1 1\n",
        title + " count=1 sum=5 least=5 most=5\n5\n", title + " count=1 sum=5 least=5 most=5\n-5 1\n",
        title + " count=1 sum=70000000 least=70000000 most=70000000\n70000000 1\n",
        title + " count=9999999999999 sum=5 least=5 most=5\n5 9999999999999\n"}) {
    EXPECT_TRUE(has_kind(Histogram::parse(text), base::Outcome::config)) << text;
  }
}

TEST(LoadHistogram, says_how_many_values_a_percentile_needs) {
  EXPECT_EQ(Histogram::needed_for(50), 20U);
  EXPECT_EQ(Histogram::needed_for(90), 100U);
  EXPECT_EQ(Histogram::needed_for(95), 200U);
  EXPECT_EQ(Histogram::needed_for(99), 1'000U);
  EXPECT_EQ(Histogram::needed_for(99.9), 10'000U);
  EXPECT_EQ(Histogram::needed_for(100), 1U);
}
