// What a plain (unquoted) YAML scalar means to Helm.
#pragma once
#include <string>

#include "json/value.hpp"

namespace sentimark::yaml {

// YAML 1.1 as go-yaml v2 resolves it: y/yes/on/true and their opposites, ~ and null, octal, hexadecimal and binary
// integers with underscores, floats with .inf and .nan; anything else is a string.
json::Value resolve_plain(const std::string& text);

}  // namespace sentimark::yaml
