// Pike's virtual machine: all ways through the program at once, in their order of preference.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "regex/program.hpp"
#include "regex/regex.hpp"

namespace sentimark::regex {

enum class Want {
  any,     // whether there is a match: ends at the first one, spans are empty
  whole,   // whether the whole text is one match; spans are empty
  groups,  // the spans of the preferred leftmost match
};

std::optional<std::vector<Span>> run(const Program& program, std::string_view text, std::size_t from, Want want);

}  // namespace sentimark::regex
