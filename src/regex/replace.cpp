#include "base/utf8.hpp"
#include "regex/regex.hpp"

namespace sentimark::regex {
namespace {

bool is_name_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// The group that a reference means; unknown ones mean the empty text.
std::string_view group_text(const Regex& regex, std::string_view text, const std::vector<Span>& groups,
                            std::string_view name) {
  std::optional<std::size_t> number;
  bool digits = !name.empty() && name.size() < 6;
  std::size_t value = 0;
  for (const char c : name) {
    digits = digits && c >= '0' && c <= '9';
    if (digits) value = value * 10 + static_cast<std::size_t>(c - '0');
  }
  number = digits ? std::optional(value) : regex.group_named(name);
  if (!number || *number >= groups.size() || groups[*number].begin == Span::none) return {};
  return text.substr(groups[*number].begin, groups[*number].end - groups[*number].begin);
}

void append_replacement(std::string& result, const Regex& regex, std::string_view text, const std::vector<Span>& groups,
                        std::string_view replacement) {
  for (std::size_t i = 0; i < replacement.size();) {
    if (replacement[i] != '$' || i + 1 == replacement.size()) {
      result.push_back(replacement[i++]);
      continue;
    }
    const std::string_view rest = replacement.substr(i + 1);
    if (rest[0] == '$') {
      result.push_back('$');
      i += 2;
      continue;
    }
    const bool braces = rest[0] == '{' && rest.find('}') != std::string_view::npos;
    std::size_t length = 0;
    if (!braces) {
      while (length < rest.size() && is_name_char(rest[length])) ++length;
    }
    const std::string_view name = braces ? rest.substr(1, rest.find('}') - 1) : rest.substr(0, length);
    if (!braces && name.empty()) {
      result.push_back(replacement[i++]);
      continue;
    }
    result += group_text(regex, text, groups, name);
    i += 1 + (braces ? name.size() + 2 : name.size());
  }
}

}  // namespace

std::string replace_all(const Regex& regex, std::string_view text, std::string_view replacement) {
  std::string result;
  std::size_t copied = 0;  // everything before is in the result
  std::size_t from = 0;
  std::size_t last_end = Span::none;
  while (from <= text.size()) {
    const auto groups = regex.find(text, from);
    if (!groups) break;
    const Span whole = (*groups)[0];
    const bool empty = whole.begin == whole.end;
    // An empty match right behind the match before is none.
    if (!empty || whole.begin != last_end) {
      result += text.substr(copied, whole.begin - copied);
      append_replacement(result, regex, text, *groups, replacement);
      copied = last_end = whole.end;
    }
    from = whole.end;
    if (empty) from += from < text.size() ? base::first_code_point(text.substr(from)).length : 1;
  }
  result += text.substr(copied);
  return result;
}

}  // namespace sentimark::regex
