// What verify is to its caller: its verbs, inputs and outputs.
#pragma once
#include "runner/program.hpp"

namespace sentimark::verify {

const runner::Program& program();

}  // namespace sentimark::verify
