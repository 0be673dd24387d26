// reduced.sh as bytes in the program: what a command pod runs instead of the agent. docs/protocols/reduced.md
#pragma once
#include <string_view>

namespace sentimark::reduced_script {

inline constexpr std::string_view k_file = "reduced.sh";

std::string_view text();

}  // namespace sentimark::reduced_script
