// What queries give, filters change, predicates judge and captures keep.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "json/value.hpp"

namespace sentimark::hurl {

struct Value {
  enum class Kind : std::uint8_t {
    json,  // null, boolean, number, string, list or object
    bytes,
    date,
    unit,  // exists, and has no value (a cookie's Secure)
  };
  Kind kind = Kind::json;
  json::Value json;
  std::string bytes;
  base::WallTime date;

  static Value of(json::Value value) {
    Value result;
    result.json = std::move(value);
    return result;
  }
  static Value of_bytes(std::string data) {
    Value result;
    result.kind = Kind::bytes;
    result.bytes = std::move(data);
    return result;
  }
  static Value of_date(base::WallTime at) {
    Value result;
    result.kind = Kind::date;
    result.date = at;
    return result;
  }

  bool is_string() const { return kind == Kind::json && json.is_string(); }
  bool is_list() const { return kind == Kind::json && json.is_array(); }
  bool is_object() const { return kind == Kind::json && json.is_object(); }
  bool is_number() const { return kind == Kind::json && json.is_number(); }
  const std::string& text() const { return json.string_or_empty(); }
};

// What a finding says of a value is at most so long. Longer than anybody reads, because whoever tells it takes out
// secrets first, and one that is cut in two is not found.
inline constexpr std::size_t k_most_told = 4'096;

// The type and the value, e.g. "integer 3", "string \"x\"".
std::string describe(const Value& value);

class Variables {
 public:
  void set(std::string_view name, Value value);
  const Value* find(std::string_view name) const;
  const std::vector<std::pair<std::string, Value>>& all() const { return all_; }

 private:
  std::vector<std::pair<std::string, Value>> all_;
};

}  // namespace sentimark::hurl
