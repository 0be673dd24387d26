// The planted faults: plant.py writes them into the simulator's own copies of the sources, and only there.
#pragma once
#include <string_view>

namespace sentimark::sim {

// True while the fault of this name is asked for.
bool planted(std::string_view name);

// Empty: none, the product as it is.
void plant(std::string_view name);

}  // namespace sentimark::sim
