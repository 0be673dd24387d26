#include "load/plan.hpp"

#include <algorithm>
#include <cmath>

namespace sentimark::load {
namespace {

double due_in(const Stage& stage) { return (stage.from + stage.to) / 2 * static_cast<double>(stage.lasts) / 1e6; }

// Seconds into the stage at which so many are due: the area under a straight line, turned round. Written so that
// nothing small is subtracted from something large when the line is nearly level.
double moment_of(const Stage& stage, double due) {
  const double slope = (stage.to - stage.from) / (static_cast<double>(stage.lasts) / 1e6);
  const double root = std::sqrt(std::max(0.0, stage.from * stage.from + 2 * slope * due));
  return due <= 0 ? 0 : 2 * due / (stage.from + root);
}

// What rounding alone makes of a whole number.
constexpr double k_hair = 1e-6;

}  // namespace

std::optional<Micros> Plan::next() {
  for (; stage_ < stages_.size(); ++stage_) {
    const Stage& stage = stages_[stage_];
    const double due = static_cast<double>(sent_) - before_;
    const double all = due_in(stage);
    if (due < all - k_hair) {
      ++sent_;
      const double moment = moment_of(stage, due) * 1e6;
      return begun_ + std::min(static_cast<Micros>(std::llround(moment)), stage.lasts);
    }
    before_ += all;
    begun_ += stage.lasts;
  }
  return std::nullopt;
}

std::uint64_t Plan::count(const std::vector<Stage>& stages) {
  double all = 0;
  for (const Stage& stage : stages) all += due_in(stage);
  return static_cast<std::uint64_t>(std::ceil(all - k_hair));
}

}  // namespace sentimark::load
