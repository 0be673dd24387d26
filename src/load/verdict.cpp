#include "load/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace sentimark::load {
namespace {

// A percentile of a sample drawn from the histogram with replacement. Its rank's place among uniform numbers is beta
// distributed, so that one number stands for the whole sample.
class Resampler {
 public:
  Resampler(const Histogram& from, double percent, std::mt19937_64& random) : from_(from), random_(random) {
    const auto count = static_cast<double>(from.count());
    const double rank = std::clamp(std::ceil(percent / 100 * count), 1.0, count);
    below_ = std::gamma_distribution<double>(rank, 1.0);
    above_ = std::gamma_distribution<double>(count - rank + 1, 1.0);
  }

  double draw() {
    const double below = below_(random_);
    const double above = above_(random_);
    return static_cast<double>(std::max<Micros>(1, from_.percentile(100 * below / (below + above))));
  }

 private:
  const Histogram& from_;
  std::mt19937_64& random_;
  std::gamma_distribution<double> below_;
  std::gamma_distribution<double> above_;
};

std::string percent_text(double fraction) {
  const auto tenths = static_cast<std::uint64_t>(std::llround(fraction * 1000));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

std::string spoilt(const Measurement& measurement, const Rules& rules) {
  if (measurement.throttled.value_or(0) > 0) {
    return "the kernel held the generator back in " + std::to_string(*measurement.throttled) +
           " CPU periods of the run (nr_throttled of its cgroup)";
  }
  const double late = measurement.late_share(rules.late_after);
  if (late <= rules.most_late) return {};
  return percent_text(late) + " of the arrivals were begun more than " + std::to_string(rules.late_after / 1000) +
         " ms late by the generator itself, and at most " + percent_text(rules.most_late) + " may be";
}

}  // namespace

std::string_view word_of(Verdict verdict) {
  constexpr std::string_view words[] = {"pass", "warn", "fail", "inconclusive", "invalid"};
  return words[static_cast<std::size_t>(verdict)];
}

Comparison compare(const Histogram& before, const Histogram& after, double percent) {
  constexpr std::size_t draws = 1'000;
  std::mt19937_64 random(20'260'101);
  Resampler earlier(before, percent, random);
  Resampler later(after, percent, random);
  std::vector<double> ratios(draws);
  for (double& ratio : ratios) {
    const double divisor = earlier.draw();
    ratio = later.draw() / divisor;
  }
  std::sort(ratios.begin(), ratios.end());
  Comparison comparison;
  comparison.before = before.percentile(percent);
  comparison.after = after.percentile(percent);
  comparison.ratio =
      static_cast<double>(comparison.after) / static_cast<double>(std::max<Micros>(1, comparison.before));
  comparison.low = ratios[draws * 25 / 1000];
  comparison.high = ratios[draws * 975 / 1000];
  return comparison;
}

Judgement judge(const Measurement& measurement, const Rules& rules) {
  Judgement judgement;
  Measured measured{measurement.latencies, measurement.finished, measurement.failed, 0, 0};
  if (rules.planned_seconds > 0)
    measured.intended_per_second = static_cast<double>(measurement.intended) / rules.planned_seconds;
  if (measurement.lasted > 0)
    measured.achieved_per_second =
        static_cast<double>(measurement.finished) * 1e6 / static_cast<double>(measurement.lasted);
  std::string broken;
  std::string open;
  for (const Threshold& threshold : rules.thresholds) {
    judgement.thresholds.push_back({threshold, judge(threshold, measured)});
    const ThresholdVerdict& verdict = judgement.thresholds.back().verdict;
    std::string& list = verdict.enough ? broken : open;
    if (verdict.enough && verdict.holds) continue;
    list += (list.empty() ? "" : ", ") + threshold.source;
  }
  const auto end = [&judgement](Verdict verdict, std::string reason, std::string cure) {
    judgement.verdict = verdict;
    judgement.reason = std::move(reason);
    judgement.cure = std::move(cure);
    return judgement;
  };
  if (const std::string why = spoilt(measurement, rules); !why.empty())
    return end(Verdict::invalid, "the generator was the limit, not the service: " + why,
               "lower the rate, or give the generator more CPU");
  if (!measurement.aborted.empty())
    return end(Verdict::fail, "ended early: " + measurement.aborted, "look at the service, or at the threshold");
  if (measurement.finished == 0)
    return end(Verdict::inconclusive, "nothing was measured", "let it last longer than its warm-up");
  if (!broken.empty()) return end(Verdict::fail, "not kept: " + broken, "look at the service, or at the threshold");
  if (rules.baseline && rules.baseline->worse())
    return end(Verdict::fail, "p(95) is " + percent_text(rules.baseline->ratio - 1) + " slower than the baseline's",
               "look at what changed since, or take a new baseline");
  if (!open.empty())
    return end(Verdict::inconclusive,
               "too few requests were seen to judge " + open + ": " + std::to_string(measurement.latencies.count()),
               "let it last longer, or raise the rate");
  if (measurement.insecure)
    return end(Verdict::warn, "certificates were not looked at (option insecure)", "give ca-file instead");
  return judgement;
}

}  // namespace sentimark::load
