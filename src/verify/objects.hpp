// Objects: the Kubernetes objects of files, Lists opened, each with the place where it was written.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "json/value.hpp"
#include "sys/sys.hpp"
#include "yaml/stream.hpp"

namespace sentimark::verify {

struct SourceText {
  std::string name;  // as it was given; "<stdin>" for standard input
  std::string text;
};

struct Origin {
  std::size_t source = 0;         // its place in `sources`
  std::vector<yaml::Mark> marks;  // of its value
  std::string inside;             // its path in the document when it stands in a List: "items[3]"
};

struct Objects {
  std::vector<SourceText> sources;
  json::Array values;
  std::vector<Origin> origins;  // one for each value
  struct Noted {
    std::size_t source;
    std::size_t object;  // the first one of its document
    yaml::Note note;
  };
  std::vector<Noted> notes;

  yaml::Mark mark_of(std::size_t object, std::string_view path) const;
};

// "-" is standard input. Error: config for a file that cannot be read or parsed, with file:line:column, and for a
// document that is no map or, where kinds are needed, has no kind.
base::Result<SourceText> read_source(sys::Sys& sys, const std::string& name);
enum class Kinds { needed, as_they_are };
base::Done add_objects(Objects& objects, SourceText source, Kinds kinds);

}  // namespace sentimark::verify
