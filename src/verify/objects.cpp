#include "verify/objects.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

constexpr std::size_t k_list_depth = 4;  // a List of Lists is legal JSON, not legal Kubernetes
constexpr yaml::Limits k_limits{.bytes = std::size_t{64} << 20U, .depth = 100, .values = 4'000'000};

base::Error no_object(const SourceText& source, yaml::Mark mark, const std::string& what) {
  return base::fail(Outcome::config,
                    source.name + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column) + ": " + what,
                    "give files of Kubernetes objects: each has a kind and an apiVersion");
}

bool is_list(const json::Value& value) {
  return value["kind"].string_or_empty().ends_with("List") && value["items"].is_array();
}

// The API server leaves kind and version out in the items of a PodList: the list's own say them.
json::Value named_by(const json::Value& list, const json::Value& item, std::vector<yaml::Mark>& marks) {
  const std::string& kind = list["kind"].string_or_empty();
  if (!item.is_object() || item.has("kind") || kind == "List") return item;
  json::Value named = item;
  for (const auto& [name, text] :
       {std::pair{"kind", kind.substr(0, kind.size() - 4)}, {"apiVersion", list["apiVersion"].string_or_empty()}}) {
    if (named.has(name)) continue;
    named.set(name, text);
    marks.push_back(marks.front());
  }
  return named;
}

base::Done add(Objects& objects, json::Value value, std::vector<yaml::Mark> marks, const std::string& inside,
               std::size_t depth, Kinds kinds) {
  const std::size_t source = objects.sources.size() - 1;
  if (kinds == Kinds::needed && value["kind"].string_or_empty().empty()) {
    return no_object(objects.sources.back(), marks.front(),
                     (inside.empty() ? "this document" : inside) + " is no Kubernetes object: it has no kind");
  }
  if (!is_list(value) || depth == k_list_depth) {
    objects.values.push_back(std::move(value));
    objects.origins.push_back({source, std::move(marks), inside});
    return {};
  }
  std::size_t begin = 1;
  for (const json::Member& member : value.members()) {
    if (member.first != "items") {
      begin += yaml::count_of(member.second);
      continue;
    }
    ++begin;
    std::size_t number = 0;
    for (const json::Value& item : member.second.items()) {
      const std::size_t end = begin + yaml::count_of(item);
      std::vector<yaml::Mark> own(marks.begin() + static_cast<std::ptrdiff_t>(begin),
                                  marks.begin() + static_cast<std::ptrdiff_t>(end));
      json::Value named = named_by(value, item, own);
      SENTIMARK_TRY(add(objects, std::move(named), std::move(own),
                        (inside.empty() ? "" : inside + ".") + "items[" + std::to_string(number++) + "]", depth + 1,
                        kinds));
      begin = end;
    }
  }
  return {};
}

// A tab is the fault behind many a strange complaint.
std::string tab_hint(const std::string& text, const std::string& what) {
  std::size_t line = 1;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::size_t first = text.find_first_not_of(' ', at);
    if (first != std::string::npos && text[first] == '\t')
      return what + "; line " + std::to_string(line) + " is indented by a tab, which YAML forbids";
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) break;
    at = end + 1;
  }
  return what;
}

}  // namespace

yaml::Mark Objects::mark_of(std::size_t object, std::string_view path) const {
  return yaml::mark_of(values[object], origins[object].marks, path);
}

base::Result<SourceText> read_source(sys::Sys& sys, const std::string& name) {
  const bool standard_input = name == "-";
  SENTIMARK_LET(text, sys.files.read(standard_input ? "/dev/stdin" : name, k_limits.bytes));
  return SourceText{standard_input ? "<stdin>" : name, std::move(text)};
}

base::Done add_objects(Objects& objects, SourceText source, Kinds kinds) {
  auto documents = yaml::read_stream(source.text, source.name, k_limits, yaml::Reading::objects);
  if (!documents) {
    base::Error error = std::move(documents).error();
    error.what = tab_hint(source.text, error.what);
    return error;
  }
  objects.sources.push_back(std::move(source));
  for (yaml::Document& document : *documents) {
    const std::size_t first = objects.values.size();
    if (!document.value.is_object())
      return no_object(objects.sources.back(), document.marks.front(),
                       "this document is a " + std::string(document.value.type_name()) + ", no Kubernetes object");
    SENTIMARK_TRY(add(objects, std::move(document.value), std::move(document.marks), {}, 0, kinds));
    if (first == objects.values.size()) continue;
    for (yaml::Note& note : document.notes)
      objects.notes.push_back({objects.sources.size() - 1, first, std::move(note)});
  }
  return {};
}

}  // namespace sentimark::verify
