#include "helm/values.hpp"

#include <algorithm>

#include "digest/sha256.hpp"
#include "json/text.hpp"
#include "yaml/document.hpp"

namespace sentimark::helm {
namespace {

// Helm's cli/values mergeMaps.
void merge_into(json::Value& base, const json::Value& over) {
  for (const json::Member& member : over.members()) {
    json::Value* present = base.find(member.first);
    if (present != nullptr && present->is_object() && member.second.is_object()) {
      merge_into(*present, member.second);
    } else {
      base.set(member.first, member.second);
    }
  }
}

}  // namespace

json::Value sorted(const json::Value& value) {
  if (value.is_array()) {
    json::Array items;
    for (const json::Value& item : value.items()) items.push_back(sorted(item));
    return items;
  }
  if (!value.is_object()) return value;
  json::Object members;
  for (const json::Member& member : value.members()) members.emplace_back(member.first, sorted(member.second));
  std::sort(members.begin(), members.end(),
            [](const json::Member& left, const json::Member& right) { return left.first < right.first; });
  return members;
}

base::Error not_a_map(const std::string& source, const json::Value& value) {
  return base::fail(base::Outcome::config,
                    source + ":1:1: values must be a map, this is " + std::string(value.type_name()),
                    "write 'name: value' lines");
}

base::Result<Values> merge_values(const std::vector<ValueSource>& sources) {
  json::Value merged = json::Value::object();
  for (const ValueSource& source : sources) {
    SENTIMARK_LET(value, yaml::to_json(source.text, source.name));
    if (value.is_null()) continue;
    if (!value.is_object()) return not_a_map(source.name, value);
    merge_into(merged, value);
  }
  Values values;
  values.merged = sorted(merged);
  values.text = json::to_text(values.merged) + "\n";
  values.sha256 = digest::sha256_hex(values.text);
  return values;
}

}  // namespace sentimark::helm
