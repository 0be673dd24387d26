#include "yaml/plain_text.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace sentimark::yaml {

using base::Outcome;

base::Error refused(std::string_view file, int line, int column, const std::string& cause) {
  return base::fail(
      Outcome::config,
      std::string(file) + ":" + std::to_string(line + 1) + ":" + std::to_string(column + 1) + ": " + cause,
      "correct the file at this place");
}

// What go-yaml does not read and yaml-cpp would: other bytes than UTF-8, and control characters.
std::optional<base::Error> bad_byte(std::string_view text, std::string_view file) {
  std::size_t bad = base::valid_utf8_prefix(text);
  if (bad == text.size()) bad = std::string_view::npos;
  const auto control = std::find_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
  });
  bad =
      std::min(bad, control == text.end() ? std::string_view::npos : static_cast<std::size_t>(control - text.begin()));
  if (bad == std::string_view::npos) return std::nullopt;
  const std::string_view before = text.substr(0, bad);
  const auto line = std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.find_last_of('\n') + 1;
  return refused(file, static_cast<int>(line), static_cast<int>(bad - start),
                 static_cast<unsigned char>(text[bad]) < 0x80 ? "a control character stands here"
                                                              : "a byte stands here that is not UTF-8");
}

std::optional<Note::Kind> kind_of_number(const std::string& text, const json::Value& value) {
  const std::size_t sign = text[0] == '-' || text[0] == '+' ? 1 : 0;
  if (value.is_integer() && text.size() > sign + 1 && text[sign] == '0') {
    if (text[sign + 1] == 'o' || text[sign + 1] == 'O') return Note::Kind::octal_1_2;
    if (text[sign + 1] >= '0' && text[sign + 1] <= '7') return Note::Kind::octal;
    return std::nullopt;
  }
  // A float that a writer would write in another way: a trailing zero, an exponent, more digits than there are.
  if (value.is_integer() || text.find_first_of("0123456789") == std::string::npos) return std::nullopt;
  const std::size_t point = text.find('.');
  const bool exponent = text.find_first_of("eE") != std::string::npos;
  const bool trailing = point != std::string::npos && point + 2 < text.size() && text.back() == '0';
  return exponent || trailing || point == std::string::npos ? std::optional(Note::Kind::number) : std::nullopt;
}

}  // namespace sentimark::yaml
