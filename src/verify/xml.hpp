// Text of others inside XML 1.0, attribute or element.
#pragma once
#include <string>
#include <string_view>

namespace sentimark::verify {

// Valid UTF-8. XML has no form at all for most control characters, nor for U+FFFE and U+FFFF: they become U+FFFD. Line
// breaks become references: what a reader sees has them, and no line of the file begins with a stranger's words.
std::string xml_escaped(std::string_view text);

}  // namespace sentimark::verify
