// Package: a chart as the one archive that its content determines.
#pragma once
#include <string>

#include "base/result.hpp"
#include "helm/chart.hpp"

namespace sentimark::helm {

struct Package {
  std::string tgz;     // canonical: the same files give the same bytes on every machine
  std::string sha256;  // of tgz
};

// Error: config for a path that no archive may hold.
base::Result<Package> package(const Chart& chart);

}  // namespace sentimark::helm
