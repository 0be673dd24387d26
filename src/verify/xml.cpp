#include "verify/xml.hpp"

#include "base/utf8.hpp"

namespace sentimark::verify {

std::string xml_escaped(std::string_view text) {
  std::string result;
  for (base::CodePoint point = base::first_code_point(text); point.length > 0; point = base::first_code_point(text)) {
    const char32_t c = point.value;
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (c == '"') {
      result += "&quot;";
    } else if (c == '\n') {
      result += "&#10;";
    } else if (c == '\r' || c == '\t') {
      result += ' ';
    } else {
      base::append_utf8(result, c < 0x20 || c == 0x7f || c == 0xfffe || c == 0xffff ? char32_t{0xfffd} : c);
    }
    text.remove_prefix(point.length);
  }
  return result;
}

}  // namespace sentimark::verify
