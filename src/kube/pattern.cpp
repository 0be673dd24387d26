#include "kube/pattern.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sentimark::kube {
namespace {

constexpr std::size_t k_gap = 400;
constexpr std::size_t k_value = 240;
constexpr std::string_view k_word_mark = ":word";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_same(char left, char right) { return lower(left) == lower(right); }

// What stands before a word of the pattern, and the word; the last one may have no word.
struct Step {
  bool gap = false;
  bool one_word = false;  // the gap ends at a space, a comma or a semicolon
  std::string_view name;  // of the gap, empty when its text is not kept
  std::string_view word;
};

std::vector<Step> steps_of(std::string_view pattern) {
  std::vector<Step> steps;
  while (!pattern.empty()) {
    Step step;
    if (pattern.front() == '*') {
      step.gap = true;
      pattern.remove_prefix(1);
    } else if (pattern.front() == '{') {
      const std::size_t end = std::min(pattern.find('}'), pattern.size() - 1);
      step.gap = true;
      step.name = pattern.substr(1, end - 1);
      step.one_word = step.name.ends_with(k_word_mark);
      if (step.one_word) step.name.remove_suffix(k_word_mark.size());
      pattern.remove_prefix(end + 1);
    }
    step.word = pattern.substr(0, pattern.find_first_of("*{"));
    pattern.remove_prefix(step.word.size());
    steps.push_back(step);
  }
  return steps;
}

std::string clean(std::string_view text) {
  std::string value = base::to_valid_utf8(base::shorten(base::trim(text), k_value));
  for (char& c : value) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return value;
}

// Where the word begins at or after `from`, before `until`; npos when it does not.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from, std::size_t until) {
  const auto begin = text.begin() + static_cast<std::ptrdiff_t>(from);
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(until);
  const auto found = std::search(begin, end, word.begin(), word.end(), is_same);
  return found == end && !word.empty() ? std::string_view::npos : static_cast<std::size_t>(found - text.begin());
}

std::optional<std::vector<Field>> match_after(const std::vector<Step>& steps, std::string_view text, std::size_t at) {
  std::vector<Field> fields;
  for (std::size_t i = 1; i < steps.size(); ++i) {
    // Only so far is looked at: a place that does not fit costs the same whatever follows it.
    const std::string_view window = text.substr(at, k_gap + steps[i].word.size());
    std::size_t until = at + std::min(window.find('\n'), window.size());
    if (steps[i].one_word) {
      until = std::min(until, at + std::min(window.find_first_of(" ,;"), window.size()));
      if (until > at && text[until - 1] == '.') --until;
    }
    const std::size_t found = steps[i].word.empty() ? until : find_word(text, steps[i].word, at, until);
    if (found == std::string_view::npos) return std::nullopt;
    if (!steps[i].name.empty()) fields.push_back({std::string(steps[i].name), clean(text.substr(at, found - at))});
    at = found + steps[i].word.size();
  }
  return fields;
}

}  // namespace

std::optional<std::vector<Field>> match(std::string_view pattern, std::string_view text) {
  const std::vector<Step> steps = steps_of(pattern);
  if (steps.empty() || steps.front().gap) return std::nullopt;
  const std::string_view first = steps.front().word;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t found = find_word(text, first, from, text.size());
    if (found == std::string_view::npos) return std::nullopt;
    if (auto fields = match_after(steps, text, found + first.size())) return fields;
    from = found + 1;
  }
  return std::nullopt;
}

std::string fill(std::string_view form, const std::vector<Field>& fields) {
  std::string out;
  while (!form.empty()) {
    const std::size_t open = std::min(form.find('{'), form.size());
    out += form.substr(0, open);
    form.remove_prefix(open);
    if (form.empty()) break;
    const std::size_t close = std::min(form.find('}'), form.size() - 1);
    std::string_view name = form.substr(1, close - 1);
    std::string_view otherwise;
    if (const std::size_t bar = name.find('|'); bar != std::string_view::npos) {
      otherwise = name.substr(bar + 1);
      name = name.substr(0, bar);
    }
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& one) { return one.name == name && !one.value.empty(); });
    out += field == fields.end() ? otherwise : std::string_view(field->value);
    form.remove_prefix(close + 1);
  }
  // A name that became nothing leaves its spaces behind.
  const auto doubled = [](char left, char right) { return left == ' ' && right == ' '; };
  out.erase(std::unique(out.begin(), out.end(), doubled), out.end());
  return std::string(base::trim(out));
}

}  // namespace sentimark::kube
