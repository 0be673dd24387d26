// A query on the first line, a document behind it: each normalized path is a query for exactly its node.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "json/text.hpp"
#include "jsonpath/jsonpath.hpp"

using namespace sentimark;

// NOLINTNEXTLINE: the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  const auto query = jsonpath::Path::parse(input.substr(0, line));
  const auto document = json::parse(input.substr(line + 1));
  if (!query || !document) return 0;
  const auto nodes = query->select(*document, true);
  if (!nodes || nodes->size() > 200) return 0;
  if (query->is_singular() && nodes->size() > 1) std::abort();
  for (const jsonpath::Node& node : *nodes) {
    const auto path = jsonpath::Path::parse(node.path);
    if (!path || !path->is_singular()) std::abort();
    const auto again = path->select(*document);
    if (!again || again->size() != 1 || (*again)[0].value != node.value) std::abort();
  }
  return 0;
}
