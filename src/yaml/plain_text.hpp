// What can be said of YAML text and its scalars without parsing: bytes that no reader takes, numbers that change form.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "yaml/stream.hpp"

namespace sentimark::yaml {

// "file:line:column: cause" as an error of kind config; line and column from 0.
base::Error refused(std::string_view file, int line, int column, const std::string& cause);

// What go-yaml does not read and yaml-cpp would: other bytes than UTF-8, and control characters.
std::optional<base::Error> bad_byte(std::string_view text, std::string_view file);

// What there is to say of a plain scalar that was read as this number; nothing when it is written as it is passed on.
std::optional<Note::Kind> kind_of_number(const std::string& text, const json::Value& value);

}  // namespace sentimark::yaml
