#include "helm/glob.hpp"

#include "base/utf8.hpp"

namespace sentimark::helm {
namespace {

enum class Fit { yes, no, malformed };

// The next character; an invalid byte counts as U+FFFD, as Go has it. Precondition: not empty.
base::CodePoint take_character(std::string_view& text) {
  const base::CodePoint taken = base::first_code_point(text);
  text.remove_prefix(taken.length);
  return taken;
}

// An end of a range in a class; nothing for a malformed one.
std::optional<char32_t> take_end(std::string_view& pattern) {
  if (pattern.empty() || pattern.front() == '-' || pattern.front() == ']') return std::nullopt;
  if (pattern.front() == '\\') pattern.remove_prefix(1);
  if (pattern.empty()) return std::nullopt;
  const base::CodePoint taken = take_character(pattern);
  if (!taken.valid || pattern.empty()) return std::nullopt;
  return taken.value;
}

// `pattern` stands behind '['; afterwards behind ']'.
Fit match_class(std::string_view& pattern, char32_t character) {
  const bool negated = !pattern.empty() && pattern.front() == '^';
  if (negated) pattern.remove_prefix(1);
  bool inside = false;
  for (bool first = true; first || pattern.empty() || pattern.front() != ']'; first = false) {
    const auto low = take_end(pattern);
    if (!low) return Fit::malformed;
    auto high = low;
    if (pattern.front() == '-') {
      pattern.remove_prefix(1);
      high = take_end(pattern);
      if (!high) return Fit::malformed;
    }
    inside = inside || (*low <= character && character <= *high);
  }
  pattern.remove_prefix(1);
  return inside != negated ? Fit::yes : Fit::no;
}

// A part without '*' against the beginning of `name`, which is moved behind what matched. It is read to its end even
// when it cannot match any more: a pattern is malformed whatever it is matched with.
Fit match_part(std::string_view part, std::string_view& name) {
  std::string_view rest = name;
  bool failed = false;
  while (!part.empty()) {
    failed = failed || rest.empty();
    const char wanted = part.front();
    if (wanted == '[' || wanted == '?') {
      part.remove_prefix(1);
      const bool separator = !failed && rest.front() == '/';
      const char32_t character = failed ? U'\0' : take_character(rest).value;
      if (wanted == '?') {
        failed = failed || separator;
        continue;
      }
      const Fit found = match_class(part, character);
      if (found == Fit::malformed) return found;
      failed = failed || found == Fit::no;
      continue;
    }
    if (wanted == '\\') part.remove_prefix(1);
    if (part.empty()) return Fit::malformed;
    if (!failed) {
      failed = part.front() != rest.front();
      rest.remove_prefix(1);
    }
    part.remove_prefix(1);
  }
  if (failed) return Fit::no;
  name = rest;
  return Fit::yes;
}

// Up to the next '*' that stands in no class.
std::string_view take_part(std::string_view& pattern) {
  bool in_class = false;
  std::size_t end = 0;
  for (; end < pattern.size(); ++end) {
    const char c = pattern[end];
    if (c == '*' && !in_class) break;
    if (c == '\\' && end + 1 < pattern.size()) ++end;
    if (c == '[') in_class = true;
    if (c == ']') in_class = false;
  }
  const std::string_view part = pattern.substr(0, end);
  pattern.remove_prefix(end);
  return part;
}

// The part behind a '*': at the first place that does. The last part must end where the name does.
Fit match_somewhere(std::string_view part, bool is_last, std::string_view& name) {
  for (std::size_t skip = 0;; ++skip) {
    std::string_view rest = name.substr(skip);
    const Fit fit = match_part(part, rest);
    if (fit == Fit::malformed) return fit;
    if (fit == Fit::yes && (!is_last || rest.empty())) {
      name = rest;
      return fit;
    }
    if (skip == name.size() || name[skip] == '/') return Fit::no;
  }
}

}  // namespace

std::optional<bool> glob_matches(std::string_view pattern, std::string_view name) {
  bool failed = false;
  while (!pattern.empty()) {
    const bool star = pattern.front() == '*';
    while (!pattern.empty() && pattern.front() == '*') pattern.remove_prefix(1);
    const std::string_view part = take_part(pattern);
    if (star && part.empty()) return !failed && name.find('/') == std::string_view::npos;
    std::string_view none;
    std::string_view& against = failed ? none : name;
    const Fit fit = star ? match_somewhere(part, pattern.empty(), against) : match_part(part, against);
    if (fit == Fit::malformed) return std::nullopt;
    failed = failed || fit == Fit::no;
  }
  return !failed && name.empty();
}

}  // namespace sentimark::helm
