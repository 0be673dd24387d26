// A stream of YAML or JSON documents as checked values that know where each of their parts was written.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "json/value.hpp"
#include "yaml/document.hpp"

namespace sentimark::yaml {

// A place in a text, both from 1; line 0 means unknown.
struct Mark {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// What a reader accepts and a person may not have meant.
struct Note {
  enum class Kind {
    duplicate_key,  // the last one wins
    truthy,         // yes, no, on, off, y, n: a boolean to Kubernetes, a string to YAML 1.2
    octal,          // 0644: a number in base 8 to Kubernetes, in base 10 to YAML 1.2
    octal_1_2,      // 0o644: the other way round
    number,         // 1.10, 1e3: a number that is not read as it is written
    unused_anchor,
  };
  Kind kind;
  Mark mark;
  Mark other;        // duplicate_key: the one that loses
  std::string text;  // the key, the scalar or the anchor's name
  std::string key;   // of a scalar: the key it stands under; empty in a list
  bool at_root;      // of a key: in the document's outermost map
};

struct Document {
  json::Value value;
  // One for each value in the order of writing, the outermost first: of a map's member the key's place.
  std::vector<Mark> marks;
  std::vector<Note> notes;
};

enum class Reading {
  values,   // as Helm reads its values; a doubled key is refused
  objects,  // as kubectl reads objects: of a doubled key the last wins, with a note; what stands under name or
            // namespace stays as it was written, so that it can be told which object has a boolean for a name
};

// Documents that hold nothing (null) are left out. JSON values may stand behind one another.
// Error: config, "file:line:column: cause", for what is no YAML, is not UTF-8, or passes a limit of the whole stream.
base::Result<std::vector<Document>> read_stream(std::string_view text, std::string_view file, const Limits& limits,
                                                Reading reading);

// Where a part of the value was written: "spec.containers[0].image", keys with dots as they are or in ['...']. Where
// the path leads nowhere, the place of the last part that exists. An empty path is the value itself. `marks` begin with
// the value's own.
Mark mark_of(const json::Value& value, std::span<const Mark> marks, std::string_view path);

// The part at such a path; null pointer where it leads nowhere.
const json::Value* part_of(const json::Value& value, std::string_view path);

// How many marks a value has.
std::size_t count_of(const json::Value& value);

}  // namespace sentimark::yaml
