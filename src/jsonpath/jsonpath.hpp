// JSONPath by RFC 9535, complete: every selector and segment, filters, the five functions, well-typedness, normalized
// paths, the integer limits of I-JSON, and I-Regexp (RFC 9485) in match and search.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "json/value.hpp"

namespace sentimark::jsonpath {

struct Query;

struct Node {
  const json::Value* value = nullptr;  // in the document that was asked; never null
  std::string path;                    // normalized, e.g. $['a'][0]; empty unless asked for
};

class Path {
 public:
  // Error (config, code "jsonpath"): why, and the column, counted in characters from 1. Bounded: 32 kB, 100 levels.
  static base::Result<Path> parse(std::string_view text);

  // In document order, a node as often as it was selected. Error (config): the query costs more than 50 million steps
  // or selects more than a million nodes, which a hostile pair of query and document can ask for.
  base::Result<std::vector<Node>> select(const json::Value& document, bool with_paths = false) const;

  // A singular query (RFC 9535, 2.3.5.1): only names and indices, so at most one node in any document.
  bool is_singular() const;

 private:
  explicit Path(std::shared_ptr<const Query> query) : query_(std::move(query)) {}
  std::shared_ptr<const Query> query_;
};

}  // namespace sentimark::jsonpath
