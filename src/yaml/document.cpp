#include "yaml/document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
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
  Marked take() { return std::move(root_); }
  bool seen_document() const { return documents_ > 0; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw Refused{mark, "a second document begins; only one is read"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(mark, anchor, {}, "~"); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Refused{mark, "this alias stands inside its own anchor"};
    count(mark, found->second.count);
    if (wants_key()) return take_key(mark, found->second.marked.value, found->second.marked.value.string_or_empty());
    place(found->second.marked);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    // yaml-cpp marks a plain scalar with the tag "?" and a quoted one with "!".
    const bool plain = tag == "?" || tag.empty();
    if (plain) return add(mark, anchor, resolve_plain(text), text);
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return add(mark, anchor, text, text);
    if (tag == "tag:yaml.org,2002:int" || tag == "tag:yaml.org,2002:float" || tag == "tag:yaml.org,2002:bool" ||
        tag == "tag:yaml.org,2002:null") {
      return add(mark, anchor, resolve_plain(text), text);
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
    Marked marked;
    YAML::anchor_t anchor = 0;
    std::size_t first = 0;  // values counted before it
    bool has_key = false;
    std::string key;
    YAML::Mark key_mark;
    bool is_merge = false;
    std::vector<Marked> merges;
  };
  struct Anchored {
    Marked marked;
    std::size_t count = 1;
  };

  static Marked marked(json::Value value, const YAML::Mark& mark) {
    return {std::move(value), {mark.line + 1, mark.column + 1, {}}};
  }

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
    frame.marked = marked(std::move(value), mark);
    frame.anchor = anchor;
    frame.first = values_;
    count(mark, 1);
    stack_.push_back(std::move(frame));
  }

  void close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    // Merged members come after the map's own, which win; of several merges the first wins.
    for (const Marked& merge : frame.merges) {
      const json::Object& members = merge.value.members();
      for (std::size_t i = 0; i < members.size(); ++i) {
        if (frame.marked.value.has(members[i].first)) continue;
        frame.marked.value.set(members[i].first, members[i].second);
        frame.marked.place.children.push_back(merge.place.children[i]);
      }
    }
    if (frame.anchor != 0) anchors_[frame.anchor] = {frame.marked, values_ - frame.first};
    place(std::move(frame.marked));
  }

  bool wants_key() const { return !stack_.empty() && stack_.back().marked.value.is_object() && !stack_.back().has_key; }

  void add(const YAML::Mark& mark, YAML::anchor_t anchor, json::Value value, const std::string& text) {
    count(mark, 1);
    if (anchor != 0) anchors_[anchor] = {marked(value, mark), 1};
    if (wants_key()) return take_key(mark, value, text);
    place(marked(std::move(value), mark));
  }

  void take_key(const YAML::Mark& mark, const json::Value& value, const std::string& text) {
    if (value.is_array() || value.is_object()) throw Refused{mark, "a key must be a plain value"};
    Frame& frame = stack_.back();
    frame.is_merge = text == "<<";
    frame.has_key = true;
    frame.key_mark = mark;
    // Go's JSON names a key by its resolved value: yes becomes "true", 0x10 becomes "16".
    if (value.is_bool()) {
      frame.key = value.bool_or(false) ? "true" : "false";
    } else if (value.is_integer()) {
      frame.key = std::to_string(value.int_or(0));
    } else {
      frame.key = value.is_null() ? "null" : text;
    }
    if (!frame.is_merge && !limits_.last_key_wins && frame.marked.value.has(frame.key))
      throw Refused{mark, "the key '" + frame.key + "' stands twice"};
  }

  void place(Marked item) {
    if (stack_.empty()) {
      root_ = std::move(item);
      return;
    }
    Frame& frame = stack_.back();
    if (frame.marked.value.is_array()) {
      frame.marked.value.push(std::move(item.value));
      frame.marked.place.children.push_back(std::move(item.place));
      return;
    }
    frame.has_key = false;
    if (!frame.is_merge) return set(frame, std::move(item));
    frame.is_merge = false;
    if (item.value.is_object()) {
      frame.merges.push_back(std::move(item));
    } else if (item.value.is_array()) {
      for (std::size_t i = 0; i < item.value.items().size(); ++i)
        frame.merges.push_back({item.value.items()[i], item.place.children[i]});
    } else {
      throw Refused{frame.key_mark, "<< merges maps only"};
    }
  }

  static void set(Frame& frame, Marked item) {
    item.place.line = frame.key_mark.line + 1;
    item.place.column = frame.key_mark.column + 1;
    const json::Object& members = frame.marked.value.members();
    const auto present = std::find_if(members.begin(), members.end(),
                                      [&](const json::Member& member) { return member.first == frame.key; });
    const auto at = static_cast<std::size_t>(present - members.begin());
    std::vector<Place>& places = frame.marked.place.children;
    if (at < places.size()) {
      places[at] = std::move(item.place);
    } else {
      places.push_back(std::move(item.place));
    }
    frame.marked.value.set(frame.key, std::move(item.value));
  }

  const Limits& limits_;
  Marked root_;
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

base::Result<Marked> to_marked(std::string_view text, std::string_view file, const Limits& limits) {
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

base::Result<json::Value> to_json(std::string_view text, std::string_view file, const Limits& limits) {
  SENTIMARK_LET(marked, to_marked(text, file, limits));
  return std::move(marked.value);
}

}  // namespace sentimark::yaml
