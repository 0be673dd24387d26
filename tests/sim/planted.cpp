#include "sim/planted.hpp"

#include <string>

namespace sentimark::sim {
namespace {

thread_local std::string chosen;

}  // namespace

bool planted(std::string_view name) { return !chosen.empty() && chosen == name; }

void plant(std::string_view name) { chosen = name; }

}  // namespace sentimark::sim
