#include "kube/probe_window.hpp"

#include <algorithm>

namespace sentimark::kube {
namespace {

constexpr std::int64_t k_day = 86'400;

// Absent numbers have the API's defaults; absurd ones are cut.
std::int64_t number(const json::Value& probe, std::string_view field, std::int64_t otherwise) {
  return std::clamp<std::int64_t>(probe[field].int_or(otherwise), 0, k_day);
}

// The first answer that can count comes after delay, one period and one timeout, the deciding one a threshold later.
std::int64_t time_of(const json::Value& probe) {
  if (probe.is_null()) return 0;
  const std::int64_t period = number(probe, "periodSeconds", 10);
  const std::int64_t tries = number(probe, "failureThreshold", 3) + number(probe, "successThreshold", 1) - 1;
  return number(probe, "initialDelaySeconds", 0) + period * std::min(tries, k_day) + number(probe, "timeoutSeconds", 1);
}

}  // namespace

int readiness_window(const json::Value& pod, const std::string& container) {
  for (const json::Value& one : pod["spec"]["containers"].items()) {
    if (one["name"].string_or_empty() != container || one["readinessProbe"].is_null()) continue;
    const std::int64_t period = number(one["readinessProbe"], "periodSeconds", 10);
    return static_cast<int>(
        std::min(7 * k_day, time_of(one["startupProbe"]) + time_of(one["readinessProbe"]) + period));
  }
  return 0;
}

}  // namespace sentimark::kube
