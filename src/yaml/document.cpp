#include "yaml/document.hpp"

#include "yaml/stream.hpp"

namespace sentimark::yaml {
namespace {

base::Result<Document> only_document(std::string_view text, std::string_view file, const Limits& limits) {
  SENTIMARK_LET(documents, read_stream(text, file, limits, Reading::values));
  if (documents.empty()) return Document{{}, {{1, 1}}, {}};
  if (documents.size() > 1) {
    const Mark mark = documents[1].marks.front();
    return base::fail(base::Outcome::config,
                      std::string(file) + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column) +
                          ": a second document begins; only one is read",
                      "correct the file at this place");
  }
  return std::move(documents.front());
}

// The marks stand in the order of writing, each value's own before those of its parts.
Place place_of(const json::Value& value, const std::vector<Mark>& marks, std::size_t& next) {
  const Mark mark = marks[next++];
  Place place{static_cast<int>(mark.line), static_cast<int>(mark.column), {}};
  for (const json::Member& member : value.members()) place.children.push_back(place_of(member.second, marks, next));
  for (const json::Value& item : value.items()) place.children.push_back(place_of(item, marks, next));
  return place;
}

}  // namespace

base::Result<Marked> to_marked(std::string_view text, std::string_view file, const Limits& limits) {
  SENTIMARK_LET(document, only_document(text, file, limits));
  std::size_t next = 0;
  Place place = place_of(document.value, document.marks, next);
  return Marked{std::move(document.value), std::move(place)};
}

base::Result<json::Value> to_json(std::string_view text, std::string_view file, const Limits& limits) {
  SENTIMARK_LET(document, only_document(text, file, limits));
  return std::move(document.value);
}

}  // namespace sentimark::yaml
