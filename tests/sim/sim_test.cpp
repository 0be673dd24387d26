#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/text.hpp"
#include "sim/planted.hpp"
#include "sim/scenario.hpp"

namespace sentimark::sim {
namespace {

constexpr std::uint64_t k_seeds = 20'000;
constexpr std::size_t k_bad_told = 10;

std::uint64_t number_in(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : base::parse_unsigned(text).value_or(otherwise);
}

// What many seeds came to. Worlds share nothing, so threads take one seed after another; each is the same in any of
// them.
class Tally {
 public:
  Tally(std::uint64_t first, std::uint64_t seeds) : next_(first), end_(first + seeds) {}

  void play_all() {
    std::vector<std::thread> threads(std::max(1U, std::thread::hardware_concurrency()));
    for (std::thread& thread : threads) thread = std::thread([this] { work(); });
    for (std::thread& thread : threads) thread.join();
  }

  Played sum;
  std::map<std::uint64_t, std::string> broken;  // seed -> violation

 private:
  void work() {
    Stacks stacks;
    Played mine;
    for (std::uint64_t seed = next_++; seed < end_; seed = next_++) {
      const Played played = play(seed, stacks, false);
      add(mine, played);
      if (played.violation.empty()) continue;
      const std::lock_guard lock(mutex_);
      broken[seed] = played.violation;
      if (broken.size() >= k_bad_told) break;
    }
    const std::lock_guard lock(mutex_);
    add(sum, mine);
  }
  static void add(Played& sum, const Played& played) {
    sum.steps += played.steps;
    sum.helm_runs += played.helm_runs;
    sum.takeovers += played.takeovers;
    sum.killed += played.killed;
    sum.stopped += played.stopped;
    sum.good_ends += played.good_ends;
    sum.back_ends += played.back_ends;
    sum.reduced += played.reduced;
    sum.half_way += played.half_way;
  }
  std::atomic<std::uint64_t> next_;
  const std::uint64_t end_;
  std::mutex mutex_;
};

TEST(Simulation, every_seed_keeps_every_promise) {
  if (const std::uint64_t one = number_in("SENTIMARK_SIM_SEED", 0); one != 0) {
    Stacks stacks;
    const char* fault = std::getenv("SENTIMARK_SIM_FAULT");
    plant(fault == nullptr ? "" : fault);
    const Played played = play(one, stacks, true);
    plant("");
    ASSERT_EQ(played.violation, "") << "seed " << one;
    return;
  }
  const std::uint64_t seeds = number_in("SENTIMARK_SIM_SEEDS", k_seeds);
  Tally tally(number_in("SENTIMARK_SIM_FIRST", 1), seeds);
  tally.play_all();
  for (const auto& [seed, violation] : tally.broken) {
    ADD_FAILURE() << "seed " << seed << ": " << violation << "\nreplay it: SENTIMARK_SIM_SEED=" << seed
                  << " build/dev/bin/sim --gtest_filter=Simulation.*";
  }
  const Played& sum = tally.sum;
  std::printf(
      "%llu seeds: %llu steps, %llu helm runs, %llu programs killed, %llu told to stop, %llu fences taken over, %llu "
      "runs "
      "ended well, %llu rolled back, %llu releases recovered from half way, %llu calls without an agent\n",
      static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(sum.steps),
      static_cast<unsigned long long>(sum.helm_runs), static_cast<unsigned long long>(sum.killed),
      static_cast<unsigned long long>(sum.stopped), static_cast<unsigned long long>(sum.takeovers),
      static_cast<unsigned long long>(sum.good_ends), static_cast<unsigned long long>(sum.back_ends),
      static_cast<unsigned long long>(sum.half_way), static_cast<unsigned long long>(sum.reduced));
}

struct Fault {
  std::string_view name;
  std::string_view promises;  // any of these, separated by |
};

constexpr auto k_faults = std::to_array<Fault>({
#include "planted/faults.inc"
});

class PlantedFault : public testing::TestWithParam<Fault> {};

TEST_P(PlantedFault, is_caught_within_all_seeds) {
  Stacks stacks;
  plant(GetParam().name);
  Played played;
  std::uint64_t seed = 0;
  const auto expected = base::split(GetParam().promises, '|');
  const auto caught = [&] { return std::find(expected.begin(), expected.end(), played.promise) != expected.end(); };
  while (!caught() && seed < k_seeds) played = play(++seed, stacks, false);
  plant("");
  EXPECT_TRUE(caught()) << GetParam().name << " was not noticed; last: " << played.violation;
  std::printf("%s: seed %llu: %s\n", std::string(GetParam().name).c_str(), static_cast<unsigned long long>(seed),
              played.violation.c_str());
}

INSTANTIATE_TEST_SUITE_P(Protocol, PlantedFault, testing::ValuesIn(k_faults), [](const auto& instance) {
  return base::replace_all(std::string(instance.param.name), "-", "_");
});

}  // namespace
}  // namespace sentimark::sim
