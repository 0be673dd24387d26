// ReducedModel: what src/reduced_script/reduced.sh does in a command pod, call by call, on the simulated machine.
#pragma once
#include <functional>
#include <string>

#include "fake/files.hpp"
#include "sys/sys.hpp"

namespace sentimark::sim {

// Runs the call that lies on `disk` and prints its answer. Precondition: the machine's Sys is that of pod `pod`.
void run_reduced_script(sys::Sys& sys, const fake::FakeFiles& disk, const std::string& pod, const std::string& digest,
                        const std::function<void(std::string_view)>& print);

}  // namespace sentimark::sim
