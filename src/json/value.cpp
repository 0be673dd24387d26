#include "json/value.hpp"

#include <algorithm>
#include <cmath>

namespace sentimark::json {
namespace {

const Value k_null;
const std::string k_empty_text;
const Array k_no_items;
const Object k_no_members;

// The whole doubles that an int64 can hold exactly enough to compare.
constexpr double k_int_edge = 9007199254740992.0;  // 2^53

bool same_members(const Object& left, const Object& right) {
  if (left.size() != right.size()) return false;
  return std::all_of(left.begin(), left.end(), [&](const Member& member) {
    const auto other =
        std::find_if(right.begin(), right.end(), [&](const Member& m) { return m.first == member.first; });
    return other != right.end() && other->second == member.second;
  });
}

}  // namespace

std::string_view Value::type_name() const {
  if (is_bool()) return "boolean";
  if (is_number()) return "number";
  if (is_string()) return "string";
  if (is_array()) return "array";
  if (is_object()) return "object";
  return "null";
}

bool Value::bool_or(bool fallback) const {
  const bool* value = std::get_if<bool>(&data_);
  return value != nullptr ? *value : fallback;
}

std::int64_t Value::int_or(std::int64_t fallback) const {
  if (const auto* value = std::get_if<std::int64_t>(&data_)) return *value;
  if (const auto* value = std::get_if<double>(&data_)) {
    if (std::trunc(*value) == *value && std::fabs(*value) <= k_int_edge) return static_cast<std::int64_t>(*value);
  }
  return fallback;
}

double Value::number_or(double fallback) const {
  if (const auto* value = std::get_if<double>(&data_)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&data_)) return static_cast<double>(*value);
  return fallback;
}

const std::string& Value::string_or_empty() const {
  const auto* value = std::get_if<std::string>(&data_);
  return value != nullptr ? *value : k_empty_text;
}

const Array& Value::items() const {
  const auto* value = std::get_if<Array>(&data_);
  return value != nullptr ? *value : k_no_items;
}

const Object& Value::members() const {
  const auto* value = std::get_if<Object>(&data_);
  return value != nullptr ? *value : k_no_members;
}

const Value& Value::get(std::string_view name) const {
  for (const Member& member : members()) {
    if (member.first == name) return member.second;
  }
  return k_null;
}

bool Value::has(std::string_view name) const {
  return std::any_of(members().begin(), members().end(), [&](const Member& member) { return member.first == name; });
}

Value* Value::find(std::string_view name) {
  auto* object = std::get_if<Object>(&data_);
  if (object == nullptr) return nullptr;
  for (Member& member : *object) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

void Value::set(std::string_view name, Value value) {
  if (is_null()) data_ = Object{};
  if (Value* present = find(name)) {
    *present = std::move(value);
  } else if (auto* object = std::get_if<Object>(&data_)) {
    object->emplace_back(std::string(name), std::move(value));
  }
}

void Value::remove(std::string_view name) {
  if (auto* object = std::get_if<Object>(&data_)) {
    std::erase_if(*object, [&](const Member& member) { return member.first == name; });
  }
}

void Value::push(Value value) {
  if (is_null()) data_ = Array{};
  if (auto* array = std::get_if<Array>(&data_)) array->push_back(std::move(value));
}

bool operator==(const Value& left, const Value& right) {
  if (left.is_number() && right.is_number() && left.is_integer() != right.is_integer()) {
    return left.number_or(0) == right.number_or(0);
  }
  if (left.is_object() && right.is_object()) return same_members(left.members(), right.members());
  return left.data_ == right.data_;
}

}  // namespace sentimark::json
