// JSON values behind one another, for stream.cpp: what a cluster prints is read by a JSON parser, not as YAML.
#pragma once
#include <optional>

#include "yaml/stream.hpp"

namespace sentimark::yaml {

// Nothing when the text is not JSON from its first byte to its last, or passes a limit: then it is read as YAML, which
// says what is wrong with it and where.
std::optional<std::vector<Document>> read_json_stream(std::string_view text, const Limits& limits);

}  // namespace sentimark::yaml
