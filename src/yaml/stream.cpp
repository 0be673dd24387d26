#include "yaml/stream.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <istream>
#include <map>
#include <optional>
#include <streambuf>
#include <unordered_map>

#include "base/text.hpp"
#include "yaml/json_stream.hpp"
#include "yaml/plain_text.hpp"
#include "yaml/scalar.hpp"

namespace sentimark::yaml {
namespace {

using base::Outcome;

constexpr std::size_t k_notes_limit = 10'000;  // of a stream: a file of nothing else needs no more
constexpr std::size_t k_small_map = 16;        // up to which looking through the keys is faster than an index

// Thrown through yaml-cpp's parser and caught in read_stream: the event interface has no other way to stop.
struct Refused {
  YAML::Mark mark;
  std::string cause;
};

Mark mark_from(const YAML::Mark& mark) {
  return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
}

// Builds the value from parser events, so that depth and count are bounded before anything is built.
class Builder final : public YAML::EventHandler {
 public:
  Builder(const Limits& limits, Reading reading) : limits_(limits), reading_(reading) {}

  std::vector<Document> documents;

  void OnDocumentStart(const YAML::Mark&) override {
    document_ = {};
    anchors_.clear();
  }
  void OnDocumentEnd() override {
    for (const auto& [id, anchor] : anchors_) {
      if (!anchor.used && !anchor.name.empty()) note(Note::Kind::unused_anchor, anchor.mark, anchor.name);
    }
    document_.marks.shrink_to_fit();
    if (!document_.value.is_null()) documents.push_back(std::move(document_));
    document_ = {};
  }
  void OnAnchor(const YAML::Mark&, const std::string& name) override { anchor_name_ = name; }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(mark, anchor, {}, "~"); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end() || !found->second.closed)
      throw Refused{mark, "this alias stands inside its own anchor"};
    Anchored& source = found->second;
    source.used = true;
    if (wants_key()) return take_key(mark, source.value, source.value.string_or_empty());
    count(mark, source.marks.size());
    const std::size_t begin = begin_value(mark);
    document_.marks.insert(document_.marks.end(), source.marks.begin() + 1, source.marks.end());
    place(mark, source.value, begin);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    // yaml-cpp marks a plain scalar with the tag "?" and a quoted one with "!".
    const bool plain = tag == "?" || tag.empty();
    if (plain) {
      json::Value value = resolve_plain(text);
      if (!value.is_string()) note_plain(mark, text, value);
      if (is_name() && (value.is_bool() || value.is_number())) value = text;
      return add(mark, anchor, std::move(value), text);
    }
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return add(mark, anchor, text, text);
    if (tag == "tag:yaml.org,2002:int" || tag == "tag:yaml.org,2002:float" || tag == "tag:yaml.org,2002:bool" ||
        tag == "tag:yaml.org,2002:null") {
      return add(mark, anchor, resolve_plain(text), text);
    }
    throw Refused{mark, "the tag " + tag + " is not supported"};
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, false);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, true);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Range {
    std::size_t begin;
    std::size_t end;
  };
  struct Merge {
    json::Value value;
    std::vector<Mark> marks;
  };
  struct Frame {
    bool is_map = false;
    json::Object members;
    json::Array items;
    YAML::anchor_t anchor = 0;
    YAML::Mark mark;
    std::size_t begin = 0;  // of its own mark
    bool has_key = false;
    bool is_merge = false;
    std::string key;
    Mark key_mark;
    std::vector<Range> ranges;                           // of each member's marks
    std::unordered_map<std::string, std::size_t> index;  // of the members, once there are many
    std::optional<std::size_t> replaces;                 // the member whose key stands here again
    bool moved = false;                                  // marks no longer stand in the order of the members
    std::vector<Merge> merges;
  };
  struct Anchored {
    json::Value value;
    std::vector<Mark> marks;
    std::string name;
    YAML::Mark mark;
    bool used = false;
    bool closed = false;
  };

  void note(Note::Kind kind, const YAML::Mark& mark, const std::string& text, Mark other = {}, bool at_root = false) {
    if (++notes_ > k_notes_limit) return;
    const std::string key = stack_.empty() || !stack_.back().is_map ? std::string() : stack_.back().key;
    document_.notes.push_back({kind, mark_from(mark), other, base::shorten(text, 200), key, at_root});
  }

  bool is_name() const {
    return reading_ == Reading::objects && !stack_.empty() && stack_.back().has_key &&
           (stack_.back().key == "name" || stack_.back().key == "namespace");
  }

  void note_plain(const YAML::Mark& mark, const std::string& text, const json::Value& value) {
    if (value.is_bool()) {
      if (const char first = text[0]; first != 't' && first != 'T' && first != 'f' && first != 'F')
        note(Note::Kind::truthy, mark, text);
    } else if (value.is_number()) {
      if (const auto kind = kind_of_number(text, value)) note(*kind, mark, text);
    }
  }

  void count(const YAML::Mark& mark, std::size_t more) {
    values_ += more;
    if (values_ > limits_.values)
      throw Refused{mark, "more than " + std::to_string(limits_.values) + " values (aliases count each time)"};
  }

  // Writes the mark of a value that begins: a member's is its key's.
  std::size_t begin_value(const YAML::Mark& mark) {
    document_.marks.push_back(!stack_.empty() && stack_.back().is_map ? stack_.back().key_mark : mark_from(mark));
    return document_.marks.size() - 1;
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, bool is_map) {
    if (stack_.size() >= limits_.depth)
      throw Refused{mark, "nested deeper than " + std::to_string(limits_.depth) + " levels"};
    if (wants_key()) throw Refused{mark, "a key must be a plain value, or a bracket here is never closed"};
    count(mark, 1);
    Frame frame;
    frame.is_map = is_map;
    frame.anchor = anchor;
    frame.mark = mark;
    frame.begin = begin_value(mark);
    if (anchor != 0) anchors_[anchor] = {{}, {}, std::exchange(anchor_name_, {}), mark, false, false};
    stack_.push_back(std::move(frame));
  }

  void close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    if (frame.moved) put_marks_in_order(frame);
    // What the parser grew by doubling stays for as long as the document: without room to spare.
    frame.members.shrink_to_fit();
    frame.items.shrink_to_fit();
    json::Value value = frame.is_map ? json::Value(std::move(frame.members)) : json::Value(std::move(frame.items));
    if (frame.anchor != 0) keep_anchor(frame.anchor, value, frame.begin);
    place(frame.mark, std::move(value), frame.begin);
  }

  void keep_anchor(YAML::anchor_t anchor, const json::Value& value, std::size_t begin) {
    Anchored& kept = anchors_[anchor];
    kept.value = value;
    kept.marks.assign(document_.marks.begin() + static_cast<std::ptrdiff_t>(begin), document_.marks.end());
    kept.closed = true;
  }

  // Merged members come after the map's own, which win; of several merges the first wins.
  void put_marks_in_order(Frame& frame) {
    std::vector<Mark> ordered;
    const auto at = [&](std::size_t i) { return document_.marks.begin() + static_cast<std::ptrdiff_t>(i); };
    for (const Range& range : frame.ranges) ordered.insert(ordered.end(), at(range.begin), at(range.end));
    for (Merge& merge : frame.merges) {
      Document source{std::move(merge.value), std::move(merge.marks), {}};
      std::size_t begin = 1;
      for (const json::Member& member : source.value.members()) {
        const std::size_t end = begin + count_of(member.second);
        const bool own = std::any_of(frame.members.begin(), frame.members.end(),
                                     [&](const json::Member& one) { return one.first == member.first; });
        if (!own) {
          frame.members.push_back(member);
          ordered.insert(ordered.end(), source.marks.begin() + static_cast<std::ptrdiff_t>(begin),
                         source.marks.begin() + static_cast<std::ptrdiff_t>(end));
        }
        begin = end;
      }
    }
    document_.marks.resize(frame.begin + 1);
    document_.marks.insert(document_.marks.end(), ordered.begin(), ordered.end());
  }

  bool wants_key() const { return !stack_.empty() && stack_.back().is_map && !stack_.back().has_key; }

  void add(const YAML::Mark& mark, YAML::anchor_t anchor, json::Value value, const std::string& text) {
    count(mark, 1);
    if (anchor != 0) anchors_[anchor] = {value, {mark_from(mark)}, std::exchange(anchor_name_, {}), mark, false, true};
    if (wants_key()) return take_key(mark, value, text);
    const std::size_t begin = begin_value(mark);
    place(mark, std::move(value), begin);
  }

  std::optional<std::size_t> find(Frame& frame) {
    if (frame.members.size() < k_small_map) {
      for (std::size_t i = 0; i < frame.members.size(); ++i) {
        if (frame.members[i].first == frame.key) return i;
      }
      return std::nullopt;
    }
    if (frame.index.empty()) {
      for (std::size_t i = 0; i < frame.members.size(); ++i) frame.index.emplace(frame.members[i].first, i);
    }
    const auto [found, fresh] = frame.index.emplace(frame.key, frame.members.size());
    return fresh ? std::nullopt : std::optional(found->second);
  }

  void take_key(const YAML::Mark& mark, const json::Value& value, const std::string& text) {
    if (value.is_array() || value.is_object()) throw Refused{mark, "a key must be a plain value"};
    Frame& frame = stack_.back();
    frame.is_merge = text == "<<";
    frame.has_key = true;
    frame.key_mark = mark_from(mark);
    // Go's JSON names a key by its resolved value: yes becomes "true", 0x10 becomes "16".
    if (value.is_bool()) {
      frame.key = value.bool_or(false) ? "true" : "false";
    } else if (value.is_integer()) {
      frame.key = std::to_string(value.int_or(0));
    } else {
      frame.key = value.is_null() ? "null" : text;
    }
    frame.replaces.reset();
    if (frame.is_merge) return;
    frame.replaces = find(frame);
    if (!frame.replaces) return;
    if (reading_ == Reading::values && !limits_.last_key_wins)
      throw Refused{mark, "the key '" + frame.key + "' stands twice"};
    const Range& first = frame.ranges[*frame.replaces];
    note(Note::Kind::duplicate_key, mark, frame.key, document_.marks[first.begin], stack_.size() == 1);
  }

  void place(const YAML::Mark& mark, json::Value value, std::size_t begin) {
    if (stack_.empty()) {
      document_.value = std::move(value);
      return;
    }
    Frame& frame = stack_.back();
    if (!frame.is_map) {
      frame.items.push_back(std::move(value));
      return;
    }
    frame.has_key = false;
    const Range range{begin, document_.marks.size()};
    if (frame.is_merge) return take_merge(mark, frame, std::move(value), range);
    if (frame.replaces) {
      frame.members[*frame.replaces].second = std::move(value);
      frame.ranges[*frame.replaces] = range;
      frame.moved = true;
      return;
    }
    frame.members.emplace_back(frame.key, std::move(value));
    frame.ranges.push_back(range);
  }

  void take_merge(const YAML::Mark& mark, Frame& frame, json::Value value, Range range) {
    frame.is_merge = false;
    frame.moved = true;
    const auto marks = [&](std::size_t begin, std::size_t end) {
      return std::vector<Mark>(document_.marks.begin() + static_cast<std::ptrdiff_t>(begin),
                               document_.marks.begin() + static_cast<std::ptrdiff_t>(end));
    };
    if (value.is_object()) {
      frame.merges.push_back({std::move(value), marks(range.begin, range.end)});
      return;
    }
    if (!value.is_array()) throw Refused{mark, "<< merges maps only"};
    std::size_t begin = range.begin + 1;
    for (const json::Value& item : value.items()) {
      const std::size_t end = begin + count_of(item);
      if (!item.is_object()) throw Refused{mark, "<< merges maps only"};
      frame.merges.push_back({item, marks(begin, end)});
      begin = end;
    }
  }

  const Limits& limits_;
  Reading reading_;
  Document document_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::string anchor_name_;
  std::size_t values_ = 0;
  std::size_t notes_ = 0;
};

// yaml-cpp takes the end of the text for the end of an open quoted scalar when it comes right behind a line break. A
// comment there makes it look; the end of a block scalar it leaves as it is.
std::string_view ending_of(std::string_view text) {
  const std::size_t last_line = text.find_last_of('\n') + 1;  // 0 when there is none
  if (last_line == text.size()) return "#";
  return base::trim(text.substr(last_line)).empty() ? "\n#" : "";
}

// The text and its ending as a stream, without a copy.
class Source final : public std::streambuf {
 public:
  explicit Source(std::string_view text) : next_(ending_of(text)) { show(text); }

 protected:
  int_type underflow() override {
    if (next_.empty()) return traits_type::eof();
    show(std::exchange(next_, {}));
    return traits_type::to_int_type(*gptr());
  }

 private:
  void show(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // never written: there is no overflow and no pbackfail
    setg(begin, begin, begin + text.size());
  }
  std::string_view next_;
};

}  // namespace

base::Result<std::vector<Document>> read_stream(std::string_view text, std::string_view file, const Limits& limits,
                                                Reading reading) {
  if (text.size() > limits.bytes) {
    return base::fail(
        Outcome::config,
        std::string(file) + ": " + std::to_string(text.size()) + " bytes are more than " + std::to_string(limits.bytes),
        "split the file");
  }
  if (auto error = bad_byte(text, file)) return *std::move(error);
  const std::string_view content = base::trim(text);
  if (!content.empty() && content.front() == '{') {
    if (auto documents = read_json_stream(text, limits)) return *std::move(documents);
  }
  Builder builder(limits, reading);
  try {
    Source source(text);
    std::istream stream(&source);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    return std::move(builder.documents);
  } catch (const Refused& refusal) {
    return refused(file, refusal.mark.line, refusal.mark.column, refusal.cause);
  } catch (const YAML::Exception& error) {
    return refused(file, error.mark.line, error.mark.column, error.msg);
  } catch (const std::exception& error) {
    return base::fail(Outcome::config, std::string(file) + ": " + error.what(), "correct the file");
  }
}

}  // namespace sentimark::yaml
