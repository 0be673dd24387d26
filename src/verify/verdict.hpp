// The verdict on a release, and on each area of it.
#pragma once
#include <span>
#include <string_view>

#include "base/outcome.hpp"
#include "verify/finding.hpp"

namespace sentimark::verify {

enum class Standing {
  pass,
  warn,
  fail,
  inconclusive,  // neither a pass nor a fail can be said yet
  invalid,       // the measurement was at fault, and says nothing of the release
};

std::string_view word_of(Standing standing);
std::string_view icon_of(Standing standing);

// ok for pass and warn, refused for fail, and inconclusive and invalid as they are.
base::Outcome outcome_of(Standing standing);

// Of what an area found: a failure outweighs what is open, and that a warning.
Standing standing_of(const Counts& counts);

// Of all areas together. What was seen to fail fails, whatever else could not be measured; a measurement that was at
// fault has to be mended before one that came too early is worth repeating; inconclusive where there is no area.
Standing together(std::span<const Standing> areas);

}  // namespace sentimark::verify
