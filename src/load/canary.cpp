#include "load/canary.hpp"

#include <algorithm>
#include <cmath>

namespace sentimark::load {
namespace {

constexpr double k_z = 1.959964;  // of 95 %
constexpr double k_percents[] = {50, 95};

double share_of(const Side& side) { return static_cast<double>(side.failed) / static_cast<double>(side.finished); }

struct Interval {
  double low = 0;
  double high = 0;
};

// Wilson's score interval of a share.
Interval wilson(const Side& side) {
  const auto count = static_cast<double>(side.finished);
  const double share = share_of(side);
  const double square = k_z * k_z;
  const double middle = share + square / (2 * count);
  const double spread = k_z * std::sqrt(share * (1 - share) / count + square / (4 * count * count));
  const double divisor = 1 + square / count;
  return {std::max(0.0, (middle - spread) / divisor), std::min(1.0, (middle + spread) / divisor)};
}

Compared compare_percentile(const Side& stable, const Side& canary, double percent, double margin) {
  const Comparison both = compare(stable.latencies, canary.latencies, percent);
  return {"p" + std::to_string(static_cast<int>(percent)),
          static_cast<double>(both.before),
          static_cast<double>(both.after),
          both.ratio - 1,
          both.low - 1,
          both.high - 1,
          margin};
}

std::string list_of(const std::vector<Compared>& compared, Verdict verdict) {
  std::string list;
  for (const Compared& one : compared) {
    if (one.verdict() == verdict) list += (list.empty() ? "" : ", ") + one.what;
  }
  return list;
}

}  // namespace

std::vector<Side> sides_of(const Measurement& measurement, std::size_t count) {
  std::vector<Side> sides(count);
  for (std::size_t i = 0; i < measurement.scenarios.size(); ++i) {
    const ScenarioCount& scenario = measurement.scenarios[i];
    Side& side = sides[i % count];
    side.latencies.add(scenario.latencies);
    side.finished += scenario.latencies.count();
    side.failed += scenario.failed;
  }
  return sides;
}

Verdict Compared::verdict() const {
  if (change <= margin) return Verdict::pass;
  return low > 0 ? Verdict::fail : Verdict::inconclusive;
}

Compared compare_errors(const Side& stable, const Side& canary, double margin) {
  const Interval before = wilson(stable);
  const Interval after = wilson(canary);
  const double first = share_of(stable);
  const double second = share_of(canary);
  const double difference = second - first;
  return {"errors",
          first,
          second,
          difference,
          difference - std::hypot(second - after.low, before.high - first),
          difference + std::hypot(after.high - second, first - before.low),
          margin};
}

CanaryJudgement judge_canary(const Measurement& measurement, const Rules& rules, const Margins& margins) {
  CanaryJudgement judgement;
  judgement.sides = sides_of(measurement, 2);
  const Side& stable = judgement.sides[0];
  const Side& canary = judgement.sides[1];
  const auto end = [&judgement](Verdict verdict, std::string reason, std::string cure) {
    judgement.verdict = verdict;
    judgement.reason = std::move(reason);
    judgement.cure = std::move(cure);
    return judgement;
  };
  Rules bare = rules;
  bare.thresholds.clear();
  bare.baseline.reset();
  const Judgement whole = judge(measurement, bare);
  if (whole.verdict == Verdict::invalid) return end(whole.verdict, whole.reason, whole.cure);
  const std::string longer = "let it last longer, or raise the rate";
  if (std::min(stable.finished, canary.finished) > 0) {
    judgement.compared.push_back(compare_errors(stable, canary, margins.errors));
    for (const double percent : k_percents) {
      if (std::min(stable.finished, canary.finished) >= Histogram::needed_for(percent))
        judgement.compared.push_back(compare_percentile(stable, canary, percent, margins.latency));
    }
  }
  if (const std::string worse = list_of(judgement.compared, Verdict::fail); !worse.empty())
    return end(Verdict::fail, "the canary is worse than the stable release: " + worse,
               "take its traffic away, and look at what changed");
  if (stable.failed * 2 > stable.finished)
    return end(Verdict::inconclusive, "the stable release itself fails: there is nothing to compare with",
               "look at the service, or at the checks");
  if (std::min(stable.finished, canary.finished) < margins.least)
    return end(Verdict::inconclusive,
               "too few arrivals: " + std::to_string(stable.finished) + " of the stable release and " +
                   std::to_string(canary.finished) + " of the canary, and " + std::to_string(margins.least) +
                   " of each are needed",
               longer);
  if (const std::string open = list_of(judgement.compared, Verdict::inconclusive); !open.empty())
    return end(Verdict::inconclusive, "the canary looks worse, but that could be chance: " + open, longer);
  if (!measurement.aborted.empty())
    return end(Verdict::inconclusive, "ended early: " + measurement.aborted, "look at the service");
  return end(whole.verdict, whole.reason, whole.cure);
}

}  // namespace sentimark::load
