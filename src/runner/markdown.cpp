#include "runner/markdown.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sentimark::runner {
namespace {

std::string html_escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        result.push_back(c);
    }
  }
  return result;
}

// A bare address would become a link, one without a scheme too (GitHub Flavored Markdown, section 6.9).
std::string without_links(std::string text) {
  text = base::replace_all(std::move(text), "://", "&#58;//");
  return base::replace_all(std::move(text), "www.", "www&#46;");
}

std::size_t longest_run(std::string_view text, char wanted) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == wanted ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string markdown_text(std::string_view text) {
  std::string result;
  for (const char c : html_escaped(base::one_line(text))) {
    if (std::string_view("\\`*_[]|#~!").find(c) != std::string_view::npos) result.push_back('\\');
    if (c == '@') {
      result += "&#64;";  // no mention of a person
    } else {
      result.push_back(c);
    }
  }
  return without_links(std::move(result));
}

std::string markdown_code(std::string_view text) {
  // HTML, because a table cell splits at every | even inside back-ticks.
  std::string result = html_escaped(base::one_line(text));
  result = base::replace_all(std::move(result), "|", "&#124;");
  result = base::replace_all(std::move(result), "`", "&#96;");
  for (const auto& [from, to] :
       {std::pair{"*", "&#42;"}, {"_", "&#95;"}, {"[", "&#91;"}, {"\\", "&#92;"}, {"~", "&#126;"}, {"@", "&#64;"}})
    result = base::replace_all(std::move(result), from, to);
  return "<code>" + without_links(std::move(result)) + "</code>";
}

std::string mermaid_text(std::string_view text) {
  std::string label;
  for (const char c : base::one_line(text)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    label.push_back(plain || std::string_view(" ./:_-").find(c) != std::string_view::npos ? c : '.');
  }
  return "\"" + label + "\"";
}

std::string markdown_block(std::string_view text) {
  const std::string body = base::to_valid_utf8(text);
  const std::string fence(std::max<std::size_t>(3, longest_run(body, '`') + 1), '`');
  return fence + "text\n" + body + (body.empty() || body.back() == '\n' ? "" : "\n") + fence + "\n";
}

std::string markdown_fold(std::string_view title, std::string_view body) {
  return "<details><summary>" + html_escaped(base::one_line(title)) + "</summary>\n\n" + std::string(body) +
         "\n</details>\n";
}

}  // namespace sentimark::runner
