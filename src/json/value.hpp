// Value: a checked JSON value. A look-up that misses gives null, so a chain of look-ups needs no branches.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sentimark::json {

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;
using Object = std::vector<Member>;  // in the order written; names are unique

class Value {
 public:
  Value() = default;  // null
  Value(bool value) : data_(value) {}
  Value(std::int64_t value) : data_(value) {}
  Value(int value) : data_(std::int64_t{value}) {}
  Value(double value) : data_(value) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(std::string_view value) : data_(std::string(value)) {}
  Value(const char* value) : data_(std::string(value)) {}
  Value(Array value) : data_(std::move(value)) {}
  Value(Object value) : data_(std::move(value)) {}
  static Value array() { return Value(Array{}); }
  static Value object() { return Value(Object{}); }

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  bool is_bool() const { return std::holds_alternative<bool>(data_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(data_); }
  bool is_number() const { return is_integer() || std::holds_alternative<double>(data_); }
  bool is_string() const { return std::holds_alternative<std::string>(data_); }
  bool is_array() const { return std::holds_alternative<Array>(data_); }
  bool is_object() const { return std::holds_alternative<Object>(data_); }
  std::string_view type_name() const;  // "null", "boolean", "number", "string", "array", "object"

  // The value, or the fallback when this is of another type.
  bool bool_or(bool fallback) const;
  std::int64_t int_or(std::int64_t fallback) const;  // a double counts only when it is whole
  double number_or(double fallback) const;
  const std::string& string_or_empty() const;

  const Array& items() const;     // empty when this is no array
  const Object& members() const;  // empty when this is no object

  // The member's value; null when this is no object or has no such member.
  const Value& get(std::string_view name) const;
  const Value& operator[](std::string_view name) const { return get(name); }
  bool has(std::string_view name) const;

  // Turns null into an object or array first; on any other type nothing happens.
  void set(std::string_view name, Value value);  // replaces in place, else appends
  void remove(std::string_view name);
  void push(Value value);
  Value* find(std::string_view name);  // to change a member; nullptr when absent

  // Deep; members compare without regard to order, 1 equals 1.0.
  friend bool operator==(const Value& left, const Value& right);

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> data_;
};

}  // namespace sentimark::json
