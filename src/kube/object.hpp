// Reading a Kubernetes object: its names, owners and conditions. Objects are JSON values as the API server sends them.
#pragma once
#include <string>
#include <string_view>

#include "json/value.hpp"

namespace sentimark::kube {

struct ObjectRef {
  std::string kind;
  std::string namespace_name;  // empty for cluster-scoped objects
  std::string name;
  std::string text() const { return kind + " " + (namespace_name.empty() ? name : namespace_name + "/" + name); }
};

ObjectRef ref_of(const json::Value& object);

// The condition of this type in status.conditions; null when absent.
const json::Value& condition(const json::Value& object, std::string_view type);

// "True", "False", "Unknown", or empty when the condition is absent.
std::string condition_status(const json::Value& object, std::string_view type);

// Whether a condition speaks of an older generation of its object than the newest one.
bool is_stale(const json::Value& condition, const json::Value& object);

// Every label of the selector stands among the labels; an empty selector matches nothing.
bool selects(const json::Value& selector, const json::Value& labels);

}  // namespace sentimark::kube
