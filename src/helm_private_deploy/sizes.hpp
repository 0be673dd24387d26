// Sizes: what a deploy will weigh on its way and in helm's own record, known before anything is sent.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "helm/chart.hpp"
#include "helm/release_size.hpp"
#include "json/value.hpp"

namespace sentimark::helm_private_deploy {

struct Sizes {
  std::uint64_t files = 0;    // of the chart's files, bytes; 0 for a chart that is not here
  std::uint64_t package = 0;  // the chart packed
  std::uint64_t context = 0;  // the first call's ZIP with the agents for both architectures; 0 when none is sent
  std::uint64_t agents = 0;   // how much of it they are
  helm::RecordSize record;
  std::vector<std::pair<std::string, std::uint64_t>> largest;  // at most ten files, largest first
  bool chart_known() const { return files > 0; }
};

// `values` is the JSON that helm is given. Error: config.
base::Result<Sizes> sizes_of(const helm::Chart& chart, std::string_view values);

// Error: refused, with the largest files, when helm could not keep the release whatever is rendered.
base::Done check_record(const Sizes& sizes);

// A warning when it may not be kept; else empty.
std::string doubt_about(const Sizes& sizes);

std::string text_of(const Sizes& sizes);
std::string markdown_of(const Sizes& sizes);  // folded
json::Value json_of(const Sizes& sizes);

}  // namespace sentimark::helm_private_deploy
