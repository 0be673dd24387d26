#include "kube/object.hpp"

#include <algorithm>

namespace sentimark::kube {

ObjectRef ref_of(const json::Value& object) {
  const json::Value& metadata = object["metadata"];
  return {object["kind"].string_or_empty(), metadata["namespace"].string_or_empty(),
          metadata["name"].string_or_empty()};
}

const json::Value& condition(const json::Value& object, std::string_view type) {
  static const json::Value absent;
  for (const json::Value& candidate : object["status"]["conditions"].items()) {
    if (candidate["type"].string_or_empty() == type) return candidate;
  }
  return absent;
}

std::string condition_status(const json::Value& object, std::string_view type) {
  return condition(object, type)["status"].string_or_empty();
}

bool is_stale(const json::Value& condition, const json::Value& object) {
  const json::Value& observed = condition["observedGeneration"];
  return observed.is_number() && observed.int_or(0) < object["metadata"]["generation"].int_or(0);
}

bool selects(const json::Value& selector, const json::Value& labels) {
  return !selector.members().empty() &&
         std::all_of(selector.members().begin(), selector.members().end(), [&](const json::Member& label) {
           return labels[label.first].is_string() && labels[label.first] == label.second;
         });
}

}  // namespace sentimark::kube
