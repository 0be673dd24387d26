// Glob: file name patterns as Go's path/filepath.Match reads them, which is what Helm matches with.
#pragma once
#include <optional>
#include <string_view>

namespace sentimark::helm {

// * and ? do not cross '/', a class does; ? and classes take a whole UTF-8 character; \ takes the next character as it
// is. Nothing for a pattern that Go calls malformed. Time: length of pattern times length of name.
std::optional<bool> glob_matches(std::string_view pattern, std::string_view name);

}  // namespace sentimark::helm
