#include "yaml/document.hpp"

#include "yaml/stream.hpp"

namespace sentimark::yaml {

base::Result<json::Value> to_json(std::string_view text, std::string_view file, const Limits& limits) {
  SENTIMARK_LET(documents, read_stream(text, file, limits, Reading::values));
  if (documents.empty()) return json::Value();
  if (documents.size() > 1) {
    const Mark mark = documents[1].marks.front();
    return base::fail(base::Outcome::config,
                      std::string(file) + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column) +
                          ": a second document begins; only one is read",
                      "correct the file at this place");
  }
  return std::move(documents.front().value);
}

}  // namespace sentimark::yaml
