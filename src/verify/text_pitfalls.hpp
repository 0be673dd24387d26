// What the text of a YAML file shows before it is parsed: tabs, glued separators, line ends, list style.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "yaml/stream.hpp"

namespace sentimark::verify {

struct TextPitfall {
  std::string_view rule;
  bool is_error = false;
  yaml::Mark mark;  // the first place; the message says how many there are
  std::string message;
  std::string fix;
};

// One for each rule that the text breaks. Block scalars are somebody else's text and not looked at. What Helm rendered
// ("# Source:") is not judged by its style: nobody wrote it.
std::vector<TextPitfall> text_pitfalls(std::string_view text);

}  // namespace sentimark::verify
