#include "verify/template_marks.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace sentimark::verify {
namespace {

// Two control characters that YAML forbids, so that no manifest holds them.
constexpr char k_open = '\x01';
constexpr char k_close = '\x02';

// The end of the action that begins at `at` with "{{": behind its "}}", or the end of the text.
std::size_t end_of_action(std::string_view text, std::size_t at) {
  std::size_t body = at + 2;
  if (body < text.size() && text[body] == '-') ++body;
  body = std::min(text.find_first_not_of(" \t\r\n", body), text.size());
  if (text.substr(body).starts_with("/*")) {
    const std::size_t close = text.find("*/", body + 2);
    const std::size_t end = close == std::string_view::npos ? close : text.find("}}", close);
    return end == std::string_view::npos ? text.size() : end + 2;
  }
  for (std::size_t i = body; i < text.size(); ++i) {
    const char quote = text[i];
    if (text.substr(i).starts_with("}}")) return i + 2;
    if (quote == '`') {
      i = std::min(text.find('`', i + 1), text.size());
    } else if (quote == '"' || quote == '\'') {
      for (++i; i < text.size() && text[i] != quote; ++i) {
        if (text[i] == '\\') ++i;
      }
    }
  }
  return text.size();
}

bool may_print(std::string_view action) {
  static constexpr std::array<std::string_view, 9> k_silent{"if",     "else",  "end",   "range",   "with",
                                                            "define", "block", "break", "continue"};
  action.remove_prefix(2);
  if (action.starts_with('-')) action.remove_prefix(1);
  action = base::trim(action);
  if (action.starts_with("/*")) return false;
  const std::string_view word = action.substr(0, std::min(action.find_first_of(" \t\r\n-}("), action.size()));
  if (word.starts_with('$')) {
    const std::string_view rest = base::trim(action.substr(word.size()));
    if (rest.starts_with(":=") || (rest.starts_with('=') && !rest.starts_with("=="))) return false;
  }
  return std::find(k_silent.begin(), k_silent.end(), word) == k_silent.end();
}

class Marker {
 public:
  Marker(std::string_view text, std::size_t file) : text_(text), file_(file) {}

  std::string run() {
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t action = std::min(text_.find("{{", at), text_.size());
      put_text(text_.substr(at, action - at));
      if (action == text_.size()) break;
      at = end_of_action(text_, action);
      put_action(text_.substr(action, at - action));
    }
    return std::move(result_);
  }

 private:
  std::string label() const { return std::to_string(file_) + ":" + std::to_string(line_); }

  // Behind the last visible character of each line: what an action beside it trims is white space alone.
  void put_text(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string_view line = text.substr(at, end - at);
      const std::size_t last = line.find_last_not_of(" \t\r");
      const std::size_t visible = last == std::string_view::npos ? 0 : last + 1;
      result_ += line.substr(0, visible);
      if (visible > 0) result_ += k_open + label() + k_close;
      result_ += line.substr(visible);
      if (end < text.size()) {
        result_.push_back('\n');
        ++line_;
      }
      at = end + 1;
    }
  }

  void put_action(std::string_view action) {
    result_ += action;
    if (action.ends_with("}}") && may_print(action))
      result_ += "{{\"\\x01" + label() + "\\x02\"" + (action.ends_with("-}}") ? " -}}" : "}}");
    line_ += static_cast<std::uint32_t>(std::count(action.begin(), action.end(), '\n'));
  }

  std::string_view text_;
  std::size_t file_;
  std::uint32_t line_ = 1;
  std::string result_;
};

// The mark at `at`; moves behind it. Nothing when it is none of ours.
std::optional<TemplateLine> take_mark(std::string_view text, std::size_t& at) {
  const std::size_t close = text.find(k_close, at);
  if (close == std::string_view::npos) return std::nullopt;
  const std::vector<std::string> parts = base::split(text.substr(at + 1, close - at - 1), ':');
  const auto file = parts.size() == 2 ? base::parse_unsigned(parts[0]) : std::nullopt;
  const auto line = parts.size() == 2 ? base::parse_unsigned(parts[1]) : std::nullopt;
  if (!file || !line) return std::nullopt;
  at = close + 1;
  return TemplateLine{*file, static_cast<std::uint32_t>(*line)};
}

}  // namespace

std::string with_marks(std::string_view text, std::size_t file) { return Marker(text, file).run(); }

std::string without_marks(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != k_open || !take_mark(text, at)) plain.push_back(text[at++]);
  }
  return plain;
}

std::vector<TemplateLine> lines_of_marks(std::string_view marked) {
  std::vector<TemplateLine> lines(1);
  std::size_t open = 0;  // the first line that has no mark yet
  for (std::size_t at = 0; at < marked.size();) {
    if (marked[at] == k_open) {
      if (const auto mark = take_mark(marked, at)) {
        for (; open < lines.size(); ++open) lines[open] = *mark;
        continue;
      }
    }
    if (marked[at] == '\n') lines.emplace_back();
    ++at;
  }
  return lines;
}

}  // namespace sentimark::verify
