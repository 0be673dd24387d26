// RapidJSON's SAX reader, iterative so that depth costs no stack; our handler builds the tree and enforces the limits.
#include <rapidjson/encodedstream.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <unordered_set>
#include <vector>

#include "json/text.hpp"

namespace sentimark::json {
namespace {

using base::fail;
using base::Outcome;

class TreeBuilder {
 public:
  explicit TreeBuilder(const Limits& limits) : limits_(limits) {}

  bool Null() { return add(Value()); }
  bool Bool(bool value) { return add(Value(value)); }
  bool Int(int value) { return add(Value(value)); }
  bool Uint(unsigned value) { return add(Value(std::int64_t{value})); }
  bool Int64(std::int64_t value) { return add(Value(value)); }
  bool Uint64(std::uint64_t value) {
    const bool fits = value <= static_cast<std::uint64_t>(INT64_MAX);
    return add(fits ? Value(static_cast<std::int64_t>(value)) : Value(static_cast<double>(value)));
  }
  bool Double(double value) { return add(Value(value)); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
  bool String(const char* text, rapidjson::SizeType length, bool) { return add(Value(std::string_view(text, length))); }
  bool StartObject() { return open(true); }
  bool StartArray() { return open(false); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    Frame& frame = stack_.back();
    frame.key.assign(text, length);
    if (!frame.seen.insert(frame.key).second) return refuse("the name '" + frame.key + "' stands twice in one object");
    return true;
  }

  const std::string& refusal() const { return refusal_; }
  Value take() { return std::move(root_); }

 private:
  struct Frame {
    bool is_object;
    Object members;
    Array items;
    std::string key;
    std::unordered_set<std::string> seen;
  };

  bool refuse(std::string why) {
    refusal_ = std::move(why);
    return false;
  }

  bool add(Value value) {
    if (++count_ > limits_.values) return refuse("more values than allowed");
    if (stack_.empty()) {
      root_ = std::move(value);
    } else if (stack_.back().is_object) {
      stack_.back().members.emplace_back(std::move(stack_.back().key), std::move(value));
    } else {
      stack_.back().items.push_back(std::move(value));
    }
    return true;
  }

  bool open(bool is_object) {
    if (stack_.size() >= limits_.depth) return refuse("nested deeper than allowed");
    stack_.push_back(Frame{is_object, {}, {}, {}, {}});
    return true;
  }

  bool close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    return add(frame.is_object ? Value(std::move(frame.members)) : Value(std::move(frame.items)));
  }

  Limits limits_;
  std::vector<Frame> stack_;
  Value root_;
  std::size_t count_ = 0;
  std::string refusal_;
};

}  // namespace

base::Result<Value> parse(std::string_view text, const Limits& limits) {
  if (text.size() > limits.bytes) return fail(Outcome::config, "JSON text is larger than allowed", {}, "too-large");
  constexpr unsigned flags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseFullPrecisionFlag;
  rapidjson::MemoryStream memory(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(memory);
  rapidjson::Reader reader;
  TreeBuilder builder(limits);
  const rapidjson::ParseResult result = reader.Parse<flags>(stream, builder);
  if (!result) {
    const std::string why = builder.refusal().empty() ? rapidjson::GetParseError_En(result.Code()) : builder.refusal();
    return fail(Outcome::config, "not valid JSON at byte " + std::to_string(result.Offset()) + ": " + why);
  }
  // The reader takes a NUL byte for the end of the text.
  if (stream.Tell() != text.size()) {
    return fail(Outcome::config, "not valid JSON at byte " + std::to_string(stream.Tell()) + ": data after the value");
  }
  return builder.take();
}

}  // namespace sentimark::json
