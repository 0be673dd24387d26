// Area: one part of the verification of a release, and what it found, in the one form that all reports read.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "runner/run_program.hpp"
#include "verify/chart.hpp"
#include "verify/junit.hpp"
#include "verify/run.hpp"
#include "verify/verdict.hpp"

namespace sentimark::verify {

// What people would rather look at: a bar for each of a few numbers.
struct Chart {
  std::string title;
  std::string unit;
  std::vector<std::pair<std::string, double>> bars;
};

struct Area {
  std::string_view name;
  Standing standing = Standing::pass;
  std::string headline;  // one clause: what was found
  std::string cause;     // one sentence, where the standing is neither pass nor warn
  std::string cure;
  std::size_t judged = 0;
  std::string_view unit;  // of what was judged: "objects", "checks"
  std::vector<Finding> findings;
  JunitSuite suite;
  Chart chart;
  std::string patch;  // a unified diff; may be empty
  base::Millis took{0};
};

struct Profile {
  std::string_view name;
  std::string_view areas;  // that it runs, in this order
  base::Millis soak;
};

std::span<const Profile> profiles();  // quick, standard, full

// What the areas of one verification share.
struct Verification {
  const Outside& outside;
  const runner::Inputs& inputs;
  const Profile& profile;
  std::string operation;  // 32 hexadecimal digits
  std::optional<ChartRender> chart;
  std::int64_t revision = 0;  // both: once the cluster was asked
  std::string cluster;        //
};

// An area that is ready to be run, everything that it is given read and checked; or why there is nothing to run.
struct Planned {
  std::string left_out;
  std::function<base::Result<Area>()> run;
};

struct AreaRow {
  std::string_view name;
  std::string_view rule;  // of a finding that is about the area as a whole
  // Errors: usage and config. What is wrong with a file is a remark of the ending as well.
  base::Result<Planned> (*plan)(Verification& verification, runner::Ending& ending);
};

std::span<const AreaRow> areas();

// What an area that could not ask is worth: refused is a failure; no way to the cluster or the service, and no answer
// in time, are inconclusive. Nothing for an error that ends the whole verification: a wrong call, a stop.
std::optional<Area> area_of(const AreaRow& row, const base::Error& error);

}  // namespace sentimark::verify
