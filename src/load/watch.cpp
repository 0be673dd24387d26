#include "load/watch.hpp"

#include <cmath>

#include "base/text.hpp"

namespace sentimark::load {
namespace {

constexpr Micros k_second = 1'000'000;

// How many of `all` may miss an upper bound without the threshold being broken.
std::uint64_t share(double fraction, std::uint64_t all) {
  return static_cast<std::uint64_t>(std::floor(fraction * static_cast<double>(all) + 1e-9));
}

bool is_upper(const Threshold& threshold) {
  return threshold.relation == Threshold::Relation::less || threshold.relation == Threshold::Relation::at_most;
}

bool keeps(const Threshold& threshold, double value) {
  return threshold.relation == Threshold::Relation::less ? value < threshold.bound : value <= threshold.bound;
}

}  // namespace

Watch::Watch(std::span<const Threshold> thresholds, std::uint64_t arrivals, std::uint64_t requests) {
  using Metric = Threshold::Metric;
  for (const Threshold& threshold : thresholds) {
    if (!is_upper(threshold)) continue;
    if (threshold.metric == Metric::most) latencies_.push_back({threshold, 0, 0});
    if (threshold.metric == Metric::percentile && requests > 0)
      latencies_.push_back({threshold, 0, share(1 - threshold.percent / 100, requests)});
    if (threshold.metric == Metric::errors && arrivals > 0) {
      // "errors<1%" of 1,000 is broken by the tenth, "errors<=1%" by the eleventh.
      const double most = threshold.bound * static_cast<double>(arrivals);
      const std::uint64_t whole = share(threshold.bound, arrivals);
      const bool equal = threshold.relation == Threshold::Relation::less && static_cast<double>(whole) >= most - 1e-9;
      errors_.push_back({threshold, 0, equal && whole > 0 ? whole - 1 : whole});
    }
  }
}

void Watch::request(Micros latency) {
  for (Beyond& one : latencies_) {
    if (!keeps(one.threshold, static_cast<double>(latency))) ++one.count;
  }
}

std::optional<std::string> Watch::arrival(Micros now, bool failed) {
  ++all_;
  if (seconds_.empty() || now >= seconds_.back().begun + k_second) seconds_.push_back({now, 0, 0});
  while (seconds_.front().begun + k_window <= now) seconds_.pop_front();
  ++seconds_.back().all;
  if (failed) {
    ++seconds_.back().failed;
    for (Beyond& one : errors_) ++one.count;
  }
  return all_ < k_least ? std::nullopt : lost(now);
}

std::optional<std::string> Watch::lost(Micros now) const {
  std::uint64_t all = 0;
  std::uint64_t failed = 0;
  for (const Second& second : seconds_) {
    all += second.all;
    failed += second.failed;
  }
  const bool whole_window = now >= seconds_.front().begun + k_window - k_second;
  if (whole_window && all >= k_least && failed * 2 > all)
    return "more than half of the arrivals of the last 5 s failed: " + std::to_string(failed) + " of " +
           std::to_string(all);
  for (const auto* const kind : {&latencies_, &errors_}) {
    for (const Beyond& one : *kind) {
      if (one.count <= one.allowed) continue;
      return one.threshold.source + " cannot be kept any more: " + std::to_string(one.count) + " do not keep it, and " +
             std::to_string(one.allowed) + " of all that were to come may";
    }
  }
  return std::nullopt;
}

}  // namespace sentimark::load
