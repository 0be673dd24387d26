#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/text.hpp"
#include "sim/planted.hpp"
#include "sim/scenario.hpp"

namespace sentimark::sim {
namespace {

// None of these breaks a promise; docs/protocols/simulation.md names the later ones that do.
constexpr std::uint64_t k_seeds = 1'000;
constexpr std::uint64_t k_patience = 10'000;  // within so many a planted fault must be noticed

std::uint64_t number_in(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : base::parse_unsigned(text).value_or(otherwise);
}

TEST(Simulation, every_seed_keeps_every_promise) {
  Stacks stacks;
  if (const std::uint64_t one = number_in("SENTIMARK_SIM_SEED", 0); one != 0) {
    const char* fault = std::getenv("SENTIMARK_SIM_FAULT");
    plant(fault == nullptr ? "" : fault);
    const Played played = play(one, stacks, true);
    plant("");
    ASSERT_EQ(played.violation, "") << "seed " << one;
    return;
  }
  const std::uint64_t seeds = number_in("SENTIMARK_SIM_SEEDS", k_seeds);
  Played sum;
  std::uint64_t bad = 0;
  const std::uint64_t first = number_in("SENTIMARK_SIM_FIRST", 1);
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    const Played played = play(seed, stacks, false);
    if (!played.violation.empty()) {
      ADD_FAILURE() << "seed " << seed << ": " << played.violation << "\nreplay it: SENTIMARK_SIM_SEED=" << seed
                    << " build/dev/bin/sim";
      if (++bad >= 10) break;
    }
    sum.steps += played.steps;
    sum.helm_runs += played.helm_runs;
    sum.takeovers += played.takeovers;
    sum.killed += played.killed;
    sum.stopped += played.stopped;
    sum.good_ends += played.good_ends;
    sum.back_ends += played.back_ends;
    sum.half_way += played.half_way;
  }
  std::printf(
      "%llu seeds: %llu steps, %llu helm runs, %llu programs killed, %llu told to stop, %llu fences taken over, %llu "
      "runs "
      "ended well, %llu rolled back, %llu releases recovered from half way\n",
      static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(sum.steps),
      static_cast<unsigned long long>(sum.helm_runs), static_cast<unsigned long long>(sum.killed),
      static_cast<unsigned long long>(sum.stopped), static_cast<unsigned long long>(sum.takeovers),
      static_cast<unsigned long long>(sum.good_ends), static_cast<unsigned long long>(sum.back_ends),
      static_cast<unsigned long long>(sum.half_way));
}

struct Fault {
  std::string_view name;
  std::string_view promises;  // any of these, separated by |
};

constexpr auto k_faults = std::to_array<Fault>({
#include "planted/faults.inc"
});

class PlantedFault : public testing::TestWithParam<Fault> {};

TEST_P(PlantedFault, is_caught_within_ten_thousand_seeds) {
  Stacks stacks;
  plant(GetParam().name);
  Played played;
  std::uint64_t seed = 0;
  const auto expected = base::split(GetParam().promises, '|');
  const auto caught = [&] { return std::find(expected.begin(), expected.end(), played.promise) != expected.end(); };
  while (!caught() && seed < k_patience) played = play(++seed, stacks, false);
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
