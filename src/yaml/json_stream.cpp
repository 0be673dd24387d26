#include "yaml/json_stream.hpp"

#include "json/text.hpp"

namespace sentimark::yaml {
namespace {

constexpr std::string_view k_blank = " \t\r\n";

// Walks over JSON text and writes down where each value, or its key, begins. What it walks over is valid when the
// parser says so; this needs only the strings and the brackets.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  // Moves to the next value; false at the end of the text.
  bool next() {
    skip_blank();
    return at_ < text_.size();
  }

  // The text of the value that begins here, which must be an object or an array; empty when it never ends.
  std::string_view take(std::vector<Mark>& marks) {
    const std::size_t begin = at_;
    std::vector<Frame> stack;
    do {
      skip_blank();
      if (at_ >= text_.size()) return {};
      const char c = text_[at_];
      Frame* top = stack.empty() ? nullptr : &stack.back();
      if (c == '}' || c == ']') {
        if (top == nullptr) return {};
        stack.pop_back();
        step();
      } else if (c == ',' || c == ':') {
        if (top != nullptr && c == ',') top->key_next = top->is_map;
        step();
      } else if (top != nullptr && top->key_next) {
        marks.push_back(here());
        top->key_next = false;
        if (!skip_scalar()) return {};
      } else {
        if (top == nullptr || !top->is_map) marks.push_back(here());
        if (c == '{' || c == '[') {
          stack.push_back({c == '{', c == '{'});
          step();
        } else if (!skip_scalar()) {
          return {};
        }
      }
    } while (!stack.empty());
    return text_.substr(begin, at_ - begin);
  }

 private:
  struct Frame {
    bool is_map;
    bool key_next;
  };

  Mark here() const { return {line_, static_cast<std::uint32_t>(at_ - line_start_ + 1)}; }

  void step() {
    if (text_[at_] == '\n') {
      ++line_;
      line_start_ = at_ + 1;
    }
    ++at_;
  }

  void skip_blank() {
    while (at_ < text_.size() && k_blank.find(text_[at_]) != std::string_view::npos) step();
  }

  bool skip_scalar() {
    if (text_[at_] != '"') {
      const std::size_t end = text_.find_first_of(" \t\r\n,:]}[{\"", at_);
      if (end == at_) return false;
      at_ = end == std::string_view::npos ? text_.size() : end;
      return true;
    }
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    if (at_ >= text_.size()) return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::size_t line_start_ = 0;
};

}  // namespace

std::optional<std::vector<Document>> read_json_stream(std::string_view text, const Limits& limits) {
  std::vector<Document> documents;
  std::size_t values = 0;
  Walker walker(text);
  while (walker.next()) {
    Document document;
    const std::string_view part = walker.take(document.marks);
    values += document.marks.size();
    if (part.empty() || values > limits.values) return std::nullopt;
    auto value = json::parse(part, {.bytes = limits.bytes, .depth = limits.depth, .values = limits.values});
    if (!value) return std::nullopt;
    document.value = std::move(value).value();
    documents.push_back(std::move(document));
  }
  return documents;
}

}  // namespace sentimark::yaml
