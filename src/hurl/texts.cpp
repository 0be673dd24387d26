#include "hurl/texts.hpp"

#include "base/encoding.hpp"
#include "base/utf8.hpp"
#include "json/text.hpp"

namespace sentimark::hurl {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Behind \u: {hex}.
void unicode(Reader& reader, std::string& into) {
  const std::size_t start = reader.offset();
  char32_t value = 0;
  bool any = false;
  if (reader.take("{")) {
    while (hex_value(reader.peek()) >= 0 && value <= 0x10FFFFU) {
      value = value * 16 + static_cast<char32_t>(hex_value(reader.next()));
      any = true;
    }
  }
  if (!any || !reader.take("}") || value > 0x10FFFFU || (value >= 0xD800U && value <= 0xDFFFU)) {
    return reader.fail_at(start, "not the hexadecimal number of a character in braces");
  }
  base::append_utf8(into, value);
}

// Behind the backslash: one of the letters that every text knows, or one of the signs of this one.
void escape(Reader& reader, std::string_view signs, std::string& into) {
  constexpr std::string_view from = "bfnrt\\";
  constexpr std::string_view to = "\b\f\n\r\t\\";
  const std::size_t start = reader.offset();
  const char c = reader.next();
  const std::size_t known = c == '\0' ? std::string_view::npos : from.find(c);
  if (known != std::string_view::npos) {
    into.push_back(to[known]);
  } else if (c == 'u') {
    unicode(reader, into);
  } else if (c != '\0' && signs.find(c) != std::string_view::npos) {
    into.push_back(c);
  } else {
    reader.fail_at(start, "an escape that Hurl does not have");
  }
}

// To one of the stops, which is left; stops and control characters end the text.
void read_text(Reader& reader, Template& into, std::string_view stops, std::string_view escapable) {
  while (!reader.done()) {
    const char c = reader.peek();
    if (stops.find(c) != std::string_view::npos || c == '\n' || c == '\r' || c == '\t' || c == '\b' || c == '\f')
      return;
    if (reader.ahead("{{")) {
      read_placeholder(reader, into);
      continue;
    }
    std::string text;
    reader.next();
    if (c == '\\') {
      escape(reader, escapable, text);
    } else {
      text.push_back(c);
    }
    add_text(into, text);
  }
}

Template delimited(Reader& reader, std::string_view mark) {
  Template text;
  text.place = reader.place();
  const std::size_t start = reader.offset();
  if (!reader.take(mark)) return reader.fail("a text in " + std::string(mark) + " is needed"), text;
  read_text(reader, text, mark, "#\"`/");
  if (!reader.take(mark)) reader.fail_at(start, "the text that starts here has no closing " + std::string(mark));
  return text;
}

}  // namespace

void add_text(Template& into, std::string_view text) {
  if (into.pieces.empty() || into.pieces.back().kind != Piece::Kind::text)
    into.pieces.push_back({Piece::Kind::text, {}, {}});
  into.pieces.back().text += text;
}

void read_placeholder(Reader& reader, Template& into, Piece::Kind kind) {
  reader.take("{{");
  reader.spaces();
  const Place place = reader.place();
  const std::size_t start = reader.offset();
  const std::string_view name = reader.run_of("_-");
  if (name.empty()) return reader.fail("the name of a variable is needed");
  if (name == "newUuid" || name == "newDate" || name == "getEnv") {
    return reader.fail_at(start, "the function " + std::string(name) + " is not supported",
                          "give the value as a variable");
  }
  reader.spaces();
  if (!reader.take("}}")) return reader.fail("}} is needed");
  into.pieces.push_back({kind, std::string(name), place});
}

Template read_quoted(Reader& reader) { return delimited(reader, "\""); }

Template read_backtick(Reader& reader) { return delimited(reader, "`"); }

Template read_unquoted(Reader& reader) {
  Template text;
  text.place = reader.place();
  for (;;) {
    read_text(reader, text, "# ", "#\"`/");
    // Blanks belong to the text only when more of it follows.
    const std::size_t before = reader.offset();
    while (reader.peek() == ' ') reader.next();
    if (reader.offset() == before) break;
    if (reader.line_ends()) {
      reader.seek(before);
      break;
    }
    add_text(text, reader.since(before));
  }
  return text;
}

Template read_key(Reader& reader) {
  Template text;
  text.place = reader.place();
  while (!reader.done()) {
    if (reader.ahead("{{")) {
      read_placeholder(reader, text);
    } else if (reader.take("\\")) {
      std::string escaped;
      escape(reader, "#:/", escaped);
      add_text(text, escaped);
    } else {
      const std::string_view run = reader.run_of("_-.[]@$");
      if (run.empty() || (text.pieces.empty() && run[0] == '[')) break;
      add_text(text, run);
    }
  }
  return text;
}

Template read_file_name(Reader& reader) {
  Template text;
  text.place = reader.place();
  read_text(reader, text, "#;{} ", "#;{} ");
  while (reader.ahead("{{")) {
    read_placeholder(reader, text);
    read_text(reader, text, "#;{} ", "#;{} ");
  }
  if (text.pieces.empty()) reader.fail("the name of a file is needed");
  return text;
}

Template read_until(Reader& reader, std::string_view mark, bool placeholders) {
  Template text;
  text.place = reader.place();
  const std::size_t start = reader.offset();
  while (!reader.done() && !reader.ahead(mark)) {
    if (placeholders && reader.ahead("{{")) {
      read_placeholder(reader, text);
    } else {
      const std::size_t from = reader.offset();
      reader.next();
      add_text(text, reader.since(from));
    }
  }
  if (!reader.take(mark)) reader.fail_at(start, "the text that starts here has no closing " + std::string(mark));
  return text;
}

std::string read_hex(Reader& reader) {
  std::string bytes;
  reader.spaces();
  while (hex_value(reader.peek()) >= 0) {
    const int high = hex_value(reader.next());
    const int low = hex_value(reader.peek());
    if (low < 0) {
      reader.fail("an odd number of hexadecimal digits");
      break;
    }
    reader.next();
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  reader.spaces();
  if (!reader.take(";")) reader.fail("hexadecimal digits and a ; are needed");
  return bytes;
}

std::string read_base64(Reader& reader) {
  const std::size_t start = reader.offset();
  std::string text;
  while (!reader.done() && reader.peek() != ';') {
    const char c = reader.next();
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') text.push_back(c);
  }
  while (!text.empty() && text.back() == '=') text.pop_back();
  text.append((4 - text.size() % 4) % 4, '=');  // padding may be left out
  auto bytes = base::from_base64(text);
  if (!bytes || !reader.take(";")) {
    reader.fail_at(start, "base64 and a ; are needed");
    return {};
  }
  return std::move(bytes).value();
}

json::Value read_number(Reader& reader) {
  const std::size_t start = reader.offset();
  const auto digits = [&reader] {
    const std::size_t from = reader.offset();
    while (is_digit(reader.peek())) reader.next();
    return reader.offset() - from;
  };
  reader.take("-");
  const bool zero = reader.peek() == '0';
  const std::size_t whole = digits();
  bool good = whole > 0 && !(zero && whole > 1);
  if (reader.take(".")) good = digits() > 0 && good;
  if (!good) reader.fail_at(start, "not a decimal number");
  auto value = json::parse(reader.since(start));
  return value ? std::move(value).value() : json::Value();
}

Pattern read_pattern(Reader& reader) {
  Pattern pattern;
  const std::size_t start = reader.offset();
  if (reader.peek() == '"') {
    pattern.text = read_quoted(reader);
  } else if (reader.take("/")) {
    pattern.text.place = reader.place();
    std::string text;
    while (!reader.done() && reader.peek() != '/' && reader.peek() != '\n') {
      if (reader.take("\\/")) {
        text.push_back('/');
      } else {
        if (reader.peek() == '\\') text.push_back(reader.next());
        text.push_back(reader.next());
      }
    }
    if (!reader.take("/")) reader.fail_at(start, "the pattern that starts here has no closing /");
    add_text(pattern.text, text);
  } else {
    reader.fail("a pattern in \" or / is needed");
  }
  if (reader.failed() || !pattern.text.is_constant()) return pattern;
  auto compiled =
      regex::Regex::compile(pattern.text.pieces.empty() ? "" : pattern.text.pieces[0].text, regex::Syntax::rust);
  if (compiled) {
    pattern.compiled = std::move(compiled).value();
  } else {
    reader.fail_at(start, compiled.error().what);
  }
  return pattern;
}

PathQuery read_path(Reader& reader) {
  PathQuery path;
  const std::size_t start = reader.offset();
  path.text = read_quoted(reader);
  if (reader.failed() || !path.text.is_constant()) return path;
  auto compiled = jsonpath::Path::parse(path.text.pieces.empty() ? "" : path.text.pieces[0].text);
  if (compiled) {
    path.compiled = std::move(compiled).value();
  } else {
    reader.fail_at(start, compiled.error().what);
  }
  return path;
}

}  // namespace sentimark::hurl
