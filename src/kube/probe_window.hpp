// How long a readiness probe may fail before its failures mean anything.
#pragma once
#include <string>

#include "json/value.hpp"

namespace sentimark::kube {

// Silence after the window: a slow start without a startup probe is common, so that only minutes without any progress
// count (nelm's no-activity timeout). In seconds.
constexpr int k_readiness_silence = 240;

// Seconds from the container's start to the first failure that its readiness probe's own numbers do not expect, a
// startup probe's time included. 0 when the container has no readiness probe.
int readiness_window(const json::Value& pod, const std::string& container);

}  // namespace sentimark::kube
