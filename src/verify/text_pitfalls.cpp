#include "verify/text_pitfalls.hpp"

#include <array>

#include "base/text.hpp"

namespace sentimark::verify {
namespace {

struct Line {
  std::string_view text;  // without its end
  std::size_t indent;     // spaces before the first other character
  std::string_view rest;  // behind the indentation
};

Line line_of(std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  const std::size_t indent = std::min(text.find_first_not_of(' '), text.size());
  return {text, indent, text.substr(indent)};
}

// The column of the node that a line's value belongs to, when the value is a block scalar; its lines stand deeper.
bool opens_block(const Line& line, std::size_t& column) {
  std::string_view rest = line.rest;
  column = line.indent;
  bool in_list = false;
  while (rest.starts_with("- ")) {
    const std::size_t skip = std::min(rest.find_first_not_of(' ', 1), rest.size());
    const bool key_follows = rest.substr(skip).find(": ") != std::string_view::npos;
    if (key_follows || rest.substr(skip).starts_with("- ")) column += skip;
    rest.remove_prefix(skip);
    in_list = true;
  }
  if (const std::size_t comment = rest.find(" #"); comment != std::string_view::npos) rest = rest.substr(0, comment);
  rest = base::trim(rest);
  while (!rest.empty() && (rest.back() == '-' || rest.back() == '+' || (rest.back() >= '1' && rest.back() <= '9')))
    rest.remove_suffix(1);
  if (!rest.ends_with('|') && !rest.ends_with('>')) return false;
  rest.remove_suffix(1);
  return (rest.empty() && in_list) || rest.ends_with(": ") || rest.ends_with(' ');
}

class Tally {
 public:
  Tally(std::string_view rule, bool is_error, std::string_view one, std::string_view fix)
      : pitfall_{rule, is_error, {}, std::string(one), std::string(fix)} {}
  void see(std::size_t line, std::size_t column) {
    if (count_++ == 0) pitfall_.mark = {static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(column)};
  }
  void tell(std::vector<TextPitfall>& pitfalls) {
    if (count_ == 0) return;
    if (count_ > 1) pitfall_.message += " (" + std::to_string(count_) + " lines in all)";
    pitfalls.push_back(pitfall_);
  }

 private:
  TextPitfall pitfall_;
  std::size_t count_ = 0;
};

}  // namespace

std::vector<TextPitfall> text_pitfalls(std::string_view text) {
  Tally bom("YAML-BOM", false, "the file begins with a byte order mark", "save it as UTF-8 without one");
  Tally crlf("YAML-CRLF", false, "the line ends with carriage return and line feed", "end lines with line feeds alone");
  Tally tab("YAML-TAB", true, "the line is indented by a tab, which YAML forbids", "indent by spaces");
  Tally glued("YAML-SEPARATOR", true, "--- does not stand alone: no new document begins here",
              "put it on a line of its own; a template's {{- eats the line break before it");
  Tally trailing("YAML-SPACE", false, "the line ends in spaces", "remove them");
  Tally style("YAML-INDENT", false, "lists are indented in one place and not in another",
              "choose one way for the file");
  Tally ending("YAML-EOF", false, "the last line has no end", "end it with a line feed");
  const bool rendered = text.starts_with("---\n# Source: ") || text.find("\n# Source: ") != std::string_view::npos;
  const bool is_json = base::trim(text).starts_with('{');
  if (text.starts_with("\xef\xbb\xbf")) bom.see(1, 1);
  std::size_t number = 0;
  bool in_block = false;
  std::size_t block_column = 0;
  std::size_t key_indent = std::string_view::npos;  // of the line before, when it opens a list or a map
  int list_style = 0;                               // 1: indented, 2: at the parent's column
  for (std::size_t at = 0; at < text.size() && !is_json;) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const Line line = line_of(text.substr(at, end - at));
    ++number;
    if (end > at && text[end - 1] == '\r' && end < text.size()) crlf.see(number, line.text.size() + 1);
    at = end + 1;
    const bool blank = base::trim(line.text).empty();
    if (in_block && (blank || line.indent > block_column)) continue;
    in_block = false;
    if (blank) {
      if (!line.text.empty() && !rendered) trailing.see(number, 1);
      continue;
    }
    if (line.rest.front() == '\t') tab.see(number, line.indent + 1);
    if (!rendered && (line.text.back() == ' ' || line.text.back() == '\t')) trailing.see(number, line.text.size());
    if (line.text.starts_with("---") && line.text.size() > 3 && line.text[3] != ' ' && line.text[3] != '\t' &&
        line.text[3] != '-')
      glued.see(number, 1);
    // Not -----END CERTIFICATE-----, and not "a ---".
    if (line.rest.front() != '#' && line.text.ends_with("---") && line.text.size() > 3 &&
        std::string_view(" \t-").find(line.text[line.text.size() - 4]) == std::string_view::npos)
      glued.see(number, line.text.size() - 2);
    if (line.rest.front() == '#') continue;
    const bool item = line.rest.starts_with("- ") || line.rest == "-";
    if (item && key_indent != std::string_view::npos && !rendered) {
      const int now = line.indent > key_indent ? 1 : line.indent == key_indent ? 2 : 0;
      if (now != 0 && list_style != 0 && now != list_style) style.see(number, line.indent + 1);
      if (list_style == 0) list_style = now;
    }
    key_indent = std::string_view::npos;
    if (line.rest.ends_with(':')) {
      key_indent = line.indent;
      for (std::string_view rest = line.rest; rest.starts_with("- ");) {
        const std::size_t skip = std::min(rest.find_first_not_of(' ', 1), rest.size());
        key_indent += skip;
        rest.remove_prefix(skip);
      }
    }
    in_block = opens_block(line, block_column);
  }
  if (!text.empty() && text.back() != '\n' && !is_json) ending.see(number, 1);
  std::vector<TextPitfall> pitfalls;
  for (Tally* tally : std::array<Tally*, 7>{&bom, &tab, &glued, &crlf, &trailing, &style, &ending})
    tally->tell(pitfalls);
  return pitfalls;
}

}  // namespace sentimark::verify
