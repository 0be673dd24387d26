// Marks in chart templates: text that says, wherever Helm carries it, which template line it came from.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentimark::verify {

struct TemplateLine {
  std::size_t file = 0;
  std::uint32_t line = 0;  // 0: not known
};

// The template with a mark behind the text of each line, and behind each action that may print. Helm's output of it,
// without the marks, is its output of the template itself, unless the template looks at its own text (a checksum, a
// length): the caller compares.
std::string with_marks(std::string_view text, std::size_t file);

std::string without_marks(std::string_view text);

// Of each line of the text without marks, the first mark at or behind its beginning: the line that it came from.
std::vector<TemplateLine> lines_of_marks(std::string_view marked);

}  // namespace sentimark::verify
