#include "verify/jsonpath.hpp"

#include "json/text.hpp"
#include "jsonpath/jsonpath.hpp"

namespace sentimark::verify {
namespace {

base::Result<json::Value> read_document(sys::Sys& sys, const std::string& name) {
  const json::Limits limits;
  const bool standard_input = name == "-";
  SENTIMARK_LET(text, sys.files.read(standard_input ? "/dev/stdin" : name, limits.bytes));
  auto document = json::parse(text, limits);
  if (!document) return std::move(document).error().within("reading " + (standard_input ? "standard input" : name));
  return document;
}

}  // namespace

base::Result<runner::Ending> run_jsonpath(sys::Sys& sys, const runner::Inputs& inputs) {
  const std::vector<std::string>& operands = inputs.operands();
  auto query = jsonpath::Path::parse(operands[0]);
  if (!query) {
    base::Error error = std::move(query).error();
    error.kind = base::Outcome::usage;
    return error;
  }
  SENTIMARK_LET(document, read_document(sys, operands.size() > 1 ? operands[1] : "-"));
  SENTIMARK_LET(nodes, query->select(document));
  json::Array values;
  values.reserve(nodes.size());
  for (const jsonpath::Node& node : nodes) values.push_back(*node.value);
  runner::Ending ending;
  const json::Value array(std::move(values));
  ending.text = json::to_text(array) + "\n";
  ending.data = json::Object{{"values", array}};
  return ending;
}

}  // namespace sentimark::verify
