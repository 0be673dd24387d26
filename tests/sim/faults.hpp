// Weather: how often things go wrong in a seed, in a thousand.
#pragma once
#include "sim/chance.hpp"

namespace sentimark::sim {

struct Weather {
  std::uint64_t kubectl = 0;   // a call of kubectl fails, hangs, or loses its answer
  std::uint64_t http = 0;      // a request to Azure fails, hangs, or loses its answer
  std::uint64_t doubled = 0;   // a POST is delivered twice
  std::uint64_t late = 0;      // a command pod starts late
  std::uint64_t lost_pod = 0;  // a pod never starts, or its node is lost
  std::uint64_t cut_log = 0;   // the command's log comes cut
  std::uint64_t stale = 0;     // a poll tells an older state
  std::uint64_t helm = 0;      // helm fails although nothing is wrong with the chart
};

inline Weather weather_of(Chance& chance) {
  switch (chance.below(6)) {
    case 0:
      return {};  // nothing goes wrong but what the seed kills
    case 1:
      return {0, 60, 60, 0, 0, 20, 100, 0};
    case 2:
      return {15, 0, 0, 0, 0, 0, 0, 30};
    case 3:
      return {0, 0, 100, 300, 60, 0, 0, 0};
    case 4:
      return {4, 15, 30, 60, 20, 10, 50, 10};
    default:
      return {30, 120, 150, 200, 80, 40, 200, 40};
  }
}

}  // namespace sentimark::sim
