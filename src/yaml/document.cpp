#include "yaml/document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <sstream>
#include <vector>

#include "base/text.hpp"
#include "yaml/scalar.hpp"

namespace sentimark::yaml {
namespace {

using base::Outcome;

// Thrown through yaml-cpp's parser and caught in to_json: the event interface has no other way to stop.
struct Refused {
  YAML::Mark mark;
  std::string cause;
};

// Builds the value from parser events, so that depth and count are bounded before anything is built.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(const Limits& limits) : limits_(limits) {}
  json::Value take() { return std::move(root_); }
  bool seen_document() const { return documents_ > 0; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw Refused{mark, "a second document begins; only one is read"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(mark, anchor, {}, false, "~"); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Refused{mark, "this alias stands inside its own anchor"};
    count(mark, found->second.count);
    add(mark, 0, found->second.value, true, {});
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    // yaml-cpp marks a plain scalar with the tag "?" and a quoted one with "!".
    const bool plain = tag == "?" || tag.empty();
    if (plain) return add(mark, anchor, resolve_plain(text), false, text);
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return add(mark, anchor, text, false, text);
    if (tag == "tag:yaml.org,2002:int" || tag == "tag:yaml.org,2002:float" || tag == "tag:yaml.org,2002:bool" ||
        tag == "tag:yaml.org,2002:null") {
      return add(mark, anchor, resolve_plain(text), false, text);
    }
    throw Refused{mark, "the tag " + tag + " is not supported"};
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, json::Value::array());
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, json::Value::object());
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    json::Value value;
    YAML::anchor_t anchor = 0;
    YAML::Mark mark;
    std::size_t first = 0;  // values counted before it
    bool has_key = false;
    std::string key;
    bool is_merge = false;
    std::vector<json::Value> merges;
  };
  struct Anchored {
    json::Value value;
    std::size_t count = 1;
  };

  void count(const YAML::Mark& mark, std::size_t more) {
    values_ += more;
    if (values_ > limits_.values)
      throw Refused{mark, "more than " + std::to_string(limits_.values) + " values (aliases count each time)"};
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, json::Value value) {
    if (stack_.size() >= limits_.depth)
      throw Refused{mark, "nested deeper than " + std::to_string(limits_.depth) + " levels"};
    if (wants_key()) throw Refused{mark, "a key must be a plain value"};
    Frame frame;
    frame.value = std::move(value);
    frame.anchor = anchor;
    frame.mark = mark;
    frame.first = values_;
    count(mark, 1);
    stack_.push_back(std::move(frame));
  }

  void close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    // Merged members come after the map's own, which win; of several merges the first wins.
    for (const json::Value& merge : frame.merges) {
      for (const json::Member& member : merge.members()) {
        if (!frame.value.has(member.first)) frame.value.set(member.first, member.second);
      }
    }
    if (frame.anchor != 0) anchors_[frame.anchor] = {frame.value, values_ - frame.first};
    place(frame.mark, std::move(frame.value));
  }

  bool wants_key() const { return !stack_.empty() && stack_.back().value.is_object() && !stack_.back().has_key; }

  void add(const YAML::Mark& mark, YAML::anchor_t anchor, json::Value value, bool is_alias, const std::string& text) {
    if (!is_alias) count(mark, 1);
    if (wants_key()) {
      if (anchor != 0) anchors_[anchor] = {value, 1};
      return take_key(mark, value, is_alias ? value.string_or_empty() : text);
    }
    if (anchor != 0) anchors_[anchor] = {value, 1};
    place(mark, std::move(value));
  }

  void take_key(const YAML::Mark& mark, const json::Value& value, const std::string& text) {
    if (value.is_array() || value.is_object()) throw Refused{mark, "a key must be a plain value"};
    Frame& frame = stack_.back();
    frame.is_merge = text == "<<";
    frame.has_key = true;
    // Go's JSON names a key by its resolved value: yes becomes "true", 0x10 becomes "16".
    if (value.is_bool()) {
      frame.key = value.bool_or(false) ? "true" : "false";
    } else if (value.is_integer()) {
      frame.key = std::to_string(value.int_or(0));
    } else {
      frame.key = value.is_null() ? "null" : text;
    }
    if (!frame.is_merge && frame.value.has(frame.key)) throw Refused{mark, "the key '" + frame.key + "' stands twice"};
  }

  void place(const YAML::Mark& mark, json::Value value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return;
    }
    Frame& frame = stack_.back();
    if (frame.value.is_array()) {
      frame.value.push(std::move(value));
      return;
    }
    frame.has_key = false;
    if (!frame.is_merge) {
      frame.value.set(frame.key, std::move(value));
      return;
    }
    frame.is_merge = false;
    if (value.is_object()) {
      frame.merges.push_back(std::move(value));
    } else if (value.is_array()) {
      for (const json::Value& item : value.items()) frame.merges.push_back(item);
    } else {
      throw Refused{mark, "<< merges maps only"};
    }
  }

  const Limits& limits_;
  json::Value root_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t values_ = 0;
  int documents_ = 0;
};

// yaml-cpp takes the end of the text for the end of an open quoted scalar when it comes right behind a line break. A
// comment there makes it look; the end of a block scalar it leaves as it is.
std::string ended(std::string_view text) {
  const std::size_t last_line = text.find_last_of('\n') + 1;  // 0 when there is none
  std::string whole(text);
  if (last_line == text.size()) return whole + "#";
  if (base::trim(text.substr(last_line)).empty()) return whole + "\n#";
  return whole;
}

base::Error refused(std::string_view file, int line, int column, const std::string& cause) {
  return base::fail(
      Outcome::config,
      std::string(file) + ":" + std::to_string(line + 1) + ":" + std::to_string(column + 1) + ": " + cause,
      "correct the file at this place");
}

}  // namespace

base::Result<json::Value> to_json(std::string_view text, std::string_view file, const Limits& limits) {
  if (text.size() > limits.bytes) {
    return base::fail(
        Outcome::config,
        std::string(file) + ": " + std::to_string(text.size()) + " bytes are more than " + std::to_string(limits.bytes),
        "split the file");
  }
  Builder builder(limits);
  try {
    std::istringstream stream(ended(text));
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take();
  } catch (const Refused& refusal) {
    return refused(file, refusal.mark.line, refusal.mark.column, refusal.cause);
  } catch (const YAML::Exception& error) {
    return refused(file, error.mark.line, error.mark.column, error.msg);
  } catch (const std::exception& error) {
    return base::fail(Outcome::config, std::string(file) + ": " + error.what(), "correct the file");
  }
}

}  // namespace sentimark::yaml
