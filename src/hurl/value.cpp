#include "hurl/value.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "json/text.hpp"

namespace sentimark::hurl {

std::string describe(const Value& value) {
  std::string text;
  switch (value.kind) {
    case Value::Kind::bytes: {
      const auto* const data = reinterpret_cast<const unsigned char*>(value.bytes.data());
      text = "bytes " + base::to_hex({data, std::min<std::size_t>(value.bytes.size(), 100)});
      break;
    }
    case Value::Kind::date:
      text = "date " + base::to_rfc3339(value.date);
      break;
    case Value::Kind::unit:
      text = "something without a value";
      break;
    case Value::Kind::json:
      if (value.json.is_null()) return "null";
      if (value.json.is_number()) {
        text = value.json.is_integer() ? "integer " : "float ";
      } else if (value.json.is_array()) {
        text = "list of " + std::to_string(value.json.items().size()) + " ";
      } else {
        text = std::string(value.json.type_name()) + " ";
      }
      text += json::to_text(value.json);
      break;
  }
  return base::shorten(text, k_most_told);
}

void Variables::set(std::string_view name, Value value) {
  for (auto& [known, kept] : all_) {
    if (known == name) {
      kept = std::move(value);
      return;
    }
  }
  all_.emplace_back(std::string(name), std::move(value));
}

const Value* Variables::find(std::string_view name) const {
  for (const auto& [known, kept] : all_) {
    if (known == name) return &kept;
  }
  return nullptr;
}

}  // namespace sentimark::hurl
