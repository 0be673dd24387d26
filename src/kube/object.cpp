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

bool is_controlled_by(const json::Value& object, const std::string& uid) {
  const json::Array& owners = object["metadata"]["ownerReferences"].items();
  return !uid.empty() && std::any_of(owners.begin(), owners.end(), [&](const json::Value& owner) {
    return owner["controller"].bool_or(false) && owner["uid"].string_or_empty() == uid;
  });
}

bool has_labels(const json::Value& object, const json::Value& labels) {
  const json::Value& own = object["metadata"]["labels"];
  return !labels.members().empty() &&
         std::all_of(labels.members().begin(), labels.members().end(), [&](const json::Member& label) {
           return own[label.first].is_string() && own[label.first] == label.second;
         });
}

}  // namespace sentimark::kube
