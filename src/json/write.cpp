#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cmath>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "json/text.hpp"

namespace sentimark::json {
namespace {

template <typename Writer>
void write_string(Writer& writer, const std::string& text) {
  if (base::is_valid_utf8(text)) {  // no copy of what may be a whole chart
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    return;
  }
  const std::string valid = base::to_valid_utf8(text);
  writer.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
}

// Recursion is bounded by the depth that parse() allowed or that our own code built.
template <typename Writer>
void write(Writer& writer, const Value& value) {
  if (value.is_object()) {
    writer.StartObject();
    for (const Member& member : value.members()) {
      const std::string name = base::to_valid_utf8(member.first);
      writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
      write(writer, member.second);
    }
    writer.EndObject();
  } else if (value.is_array()) {
    writer.StartArray();
    for (const Value& item : value.items()) write(writer, item);
    writer.EndArray();
  } else if (value.is_string()) {
    write_string(writer, value.string_or_empty());
  } else if (value.is_bool()) {
    writer.Bool(value.bool_or(false));
  } else if (value.is_integer()) {
    writer.Int64(value.int_or(0));
  } else if (value.is_number() && std::isfinite(value.number_or(0))) {
    writer.Double(value.number_or(0));
  } else {
    writer.Null();
  }
}

}  // namespace

std::string to_text(const Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  write(writer, value);
  return {buffer.GetString(), buffer.GetSize()};
}

std::string to_pretty_text(const Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  write(writer, value);
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace sentimark::json
