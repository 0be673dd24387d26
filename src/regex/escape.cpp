#include "regex/escape.hpp"

namespace sentimark::regex {
namespace {

Escape of_point(char32_t point) {
  Escape escape;
  escape.point = point;
  return escape;
}

Escape of_look(Look look) {
  Escape escape;
  escape.kind = Escape::Kind::look;
  escape.look = look;
  return escape;
}

Escape of_set(CharSet set, bool negated) {
  set.normalize();
  Escape escape;
  escape.kind = Escape::Kind::set;
  escape.set = negated ? set.complement() : std::move(set);
  return escape;
}

int hex_value(char32_t c) {
  if (c >= '0' && c <= '9') return static_cast<int>(c - U'0');
  if (c >= 'a' && c <= 'f') return static_cast<int>(c - U'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<int>(c - U'A' + 10);
  return -1;
}

// Exactly `digits` of them, or any number in braces.
Escape hex(Scanner& text, std::size_t start, int digits) {
  const bool braces = text.take('{');
  char32_t value = 0;
  int count = 0;
  while ((braces || count < digits) && hex_value(text.peek()) >= 0) {
    value = value * 16 + static_cast<char32_t>(hex_value(text.next()));
    ++count;
    if (value > 0x10FFFFU) break;
  }
  const bool complete = braces ? count > 0 && text.take('}') : count == digits;
  if (!complete || value > 0x10FFFFU || (value >= 0xD800U && value <= 0xDFFFU)) {
    return text.fail(start, "not the hexadecimal number of a character"), Escape();
  }
  return of_point(value);
}

Escape property(Scanner& text, std::size_t start, bool negated) {
  std::string name;
  if (text.take('{')) {
    if (text.take('^')) negated = !negated;
    while (!text.done() && !text.ahead('}')) base::append_utf8(name, text.next());
    if (!text.take('}')) return text.fail(start, "a } is missing"), Escape();
  } else if (!text.done()) {
    base::append_utf8(name, text.next());
  }
  // gc=Lu and General_Category=Lu mean Lu.
  const std::size_t equals = name.find('=');
  if (equals != std::string::npos) name.erase(0, equals + 1);
  CharSet set;
  if (!add_property(set, name)) {
    text.fail(start, "no general category is called '" + name + "'; scripts are not supported");
    return {};
  }
  return of_set(std::move(set), negated);
}

}  // namespace

Escape parse_escape(Scanner& text, std::size_t start) {
  if (text.done()) return text.fail(start, "nothing behind the \\"), Escape();
  const char32_t c = text.next();
  switch (c) {
    case 'd':
    case 'D':
      return of_set(digits(), c == 'D');
    case 's':
    case 'S':
      return of_set(spaces(), c == 'S');
    case 'w':
    case 'W':
      return of_set(word_chars(), c == 'W');
    case 'p':
    case 'P':
      return property(text, start, c == 'P');
    case 'b':
      if (text.starts_with("{start}")) return text.skip(7), of_look(Look::word_start);
      if (text.starts_with("{end}")) return text.skip(5), of_look(Look::word_end);
      return of_look(Look::word);
    case 'B':
      return of_look(Look::not_word);
    case 'A':
      return of_look(Look::text_start);
    case 'z':
      return of_look(Look::text_end);
    case '<':
      return of_look(Look::word_start);
    case '>':
      return of_look(Look::word_end);
    case 'n':
      return of_point('\n');
    case 'r':
      return of_point('\r');
    case 't':
      return of_point('\t');
    case 'f':
      return of_point('\f');
    case 'v':
      return of_point('\v');
    case 'a':
      return of_point('\a');
    case 'x':
      return hex(text, start, 2);
    case 'u':
      return hex(text, start, 4);
    case 'U':
      return hex(text, start, 8);
    default:
      break;
  }
  if (c >= '0' && c <= '9') return text.fail(start, "back-references are not linear and not supported"), Escape();
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (letter || c >= 0x80U || c < ' ') return text.fail(start, "an unknown escape"), Escape();
  return of_point(c);
}

}  // namespace sentimark::regex
