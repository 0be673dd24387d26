// What Unicode says about code points: general categories, the classes made of them, and simple case folding.
#pragma once
#include <string_view>

#include "regex/charset.hpp"

namespace sentimark::regex {

// Adds the code points of a general category: "L", "Lu", "letter", "uppercase" and so on; also "any" and
// "white_space". False for a name that is none of these (scripts and other properties are not known).
bool add_property(CharSet& set, std::string_view name);

CharSet digits();      // \d: Nd
CharSet spaces();      // \s: White_Space
CharSet word_chars();  // \w: letters, marks, digits, connectors and the joiners (UTS 18, annex C)

// Adds everything that differs from a member only by case. The set is normalized afterwards.
void add_case_variants(CharSet& set);

}  // namespace sentimark::regex
