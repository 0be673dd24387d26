#include "hurl/body.hpp"

namespace sentimark::hurl {
namespace {

constexpr unsigned k_most_depth = 100;

// A JSON document whose strings may hold {{variables}} and whose values may be ones. The text is kept as written.
class JsonReader {
 public:
  explicit JsonReader(Reader& reader) : reader_(reader) {}

  Template read() {
    text_.place = reader_.place();
    copied_ = reader_.offset();
    value();
    copy();
    return std::move(text_);
  }

 private:
  void copy() {
    if (!reader_.failed() && reader_.offset() > copied_) add_text(text_, reader_.since(copied_));
    copied_ = reader_.offset();
  }

  void variable(Piece::Kind kind) {
    copy();
    read_placeholder(reader_, text_, kind);
    copied_ = reader_.offset();
  }

  void blanks() {
    while (reader_.peek() == ' ' || reader_.peek() == '\t' || reader_.peek() == '\n' || reader_.peek() == '\r')
      reader_.next();
  }

  void value() {
    if (++depth_ > k_most_depth) return reader_.fail("nested deeper than allowed");
    const char c = reader_.peek();
    if (reader_.ahead("{{")) {
      variable(Piece::Kind::json_value);
    } else if (c == '{' || c == '[') {
      collection(c == '{');
    } else if (c == '"') {
      string();
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      read_number(reader_);
      exponent();
    } else if (!reader_.take("true") && !reader_.take("false") && !reader_.take("null")) {
      reader_.fail("a JSON value is needed");
    }
    --depth_;
  }

  void exponent() {
    if (reader_.peek() != 'e' && reader_.peek() != 'E') return;
    reader_.next();
    if (reader_.peek() == '-' || reader_.peek() == '+') reader_.next();
    if (reader_.peek() < '0' || reader_.peek() > '9') reader_.fail("a digit is needed in the exponent");
    while (reader_.peek() >= '0' && reader_.peek() <= '9') reader_.next();
  }

  void collection(bool object) {
    reader_.next();
    const std::string_view close = object ? "}" : "]";
    blanks();
    if (reader_.take(close)) return;
    do {
      blanks();
      if (object) {
        if (reader_.peek() != '"') return reader_.fail("a JSON name in quotes is needed");
        string();
        blanks();
        if (!reader_.take(":")) return reader_.fail("a : is needed");
        blanks();
      }
      value();
      blanks();
    } while (reader_.take(","));
    if (!reader_.take(close)) reader_.fail("a , or " + std::string(close) + " is needed");
  }

  void string() {
    const std::size_t start = reader_.offset();
    reader_.next();
    while (!reader_.done() && reader_.peek() != '"') {
      if (static_cast<unsigned char>(reader_.peek()) < 0x20U)
        return reader_.fail("a control character in a JSON string must be escaped");
      if (reader_.ahead("{{")) {
        variable(Piece::Kind::json_string);
      } else if (reader_.next() == '\\') {
        escape();
      }
    }
    if (!reader_.take("\"")) reader_.fail_at(start, "the JSON string that starts here does not end");
  }

  void escape() {
    constexpr std::string_view letters = "\"\\/bfnrtu";
    const char c = reader_.next();
    if (c == '\0' || letters.find(c) == std::string_view::npos)
      return reader_.fail("an escape that JSON does not have");
    if (c != 'u') return;
    for (int i = 0; i < 4; ++i) {
      const char digit = static_cast<char>(reader_.next() | 0x20);
      if (!(digit >= '0' && digit <= '9') && !(digit >= 'a' && digit <= 'f'))
        return reader_.fail("four hexadecimal digits are needed");
    }
  }

  Reader& reader_;
  Template text_;
  std::size_t copied_ = 0;
  unsigned depth_ = 0;
};

// One XML document, by its brackets alone: to the end of the root element. It has no variables.
Template read_xml(Reader& reader) {
  Template text;
  text.place = reader.place();
  const std::size_t start = reader.offset();
  const auto skip = [&reader](std::string_view mark) {
    while (!reader.done() && !reader.ahead(mark)) reader.next();
    return reader.take(mark);
  };
  std::size_t open = 0;
  bool closed = false;
  do {
    if (!skip("<")) break;
    if (reader.take("?")) {
      closed = skip("?>");
    } else if (reader.take("!--")) {
      closed = skip("-->");
    } else if (reader.take("![CDATA[")) {
      closed = skip("]]>");
    } else {
      const bool declaration = reader.peek() == '!';
      const bool end = reader.take("/");
      char last = '\0';
      char quote = '\0';
      while (!reader.done() && (quote != '\0' || reader.peek() != '>')) {
        last = reader.next();
        if (quote != '\0') {
          if (last == quote) quote = '\0';
        } else if (last == '"' || last == '\'') {
          quote = last;
        }
      }
      closed = reader.take(">");
      if (declaration) {
        continue;
      }
      if (end && open > 0) --open;
      if (!end && last != '/') ++open;
      if (open == 0 && closed) {
        add_text(text, reader.since(start));
        return text;
      }
    }
  } while (closed);
  reader.fail_at(start, "the XML document that starts here does not end");
  return text;
}

// Behind ```: a language or none, and a line's end.
Body read_multiline(Reader& reader) {
  Body body;
  body.kind = Body::Kind::text;
  body.place = reader.place();
  const std::size_t start = reader.offset();
  const std::string_view language = reader.word();
  bool placeholders = true;
  reader.spaces();
  if (reader.take(",")) {
    reader.spaces();
    const std::string_view attribute = reader.word();
    if (attribute == "novariable") {
      placeholders = false;
    } else {
      reader.fail_at(start, "multiline attributes other than novariable are not supported",
                     "write the text without escapes");
    }
    reader.spaces();
  }
  if (!reader.take("\n") && !reader.take("\r\n")) {
    reader.fail_at(start, "a multiline text starts with a line's end, or json, xml, graphql or raw and a line's end",
                   "a text of one line stands in `single back-ticks`");
  }
  if (language == "json") {
    body.kind = Body::Kind::json;
  } else if (language == "xml") {
    body.kind = Body::Kind::xml;
  } else if (language == "raw") {
    placeholders = false;
  } else if (language == "graphql") {
    body.kind = Body::Kind::graphql;
    body.text.place = reader.place();
    while (!reader.done() && !reader.ahead("```")) {
      const std::size_t from = reader.offset();
      if (reader.ahead("{{")) {
        read_placeholder(reader, body.text);
        continue;
      }
      const bool line_end = reader.next() == '\n';
      add_text(body.text, reader.since(from));
      if (!line_end || !reader.take("variables")) continue;
      reader.spaces();
      body.variables = JsonReader(reader).read();
      while (reader.peek() == ' ' || reader.peek() == '\t' || reader.peek() == '\n' || reader.peek() == '\r')
        reader.next();
      break;
    }
    if (!reader.take("```")) reader.fail_at(start, "the text that starts here has no closing ```");
    return body;
  } else if (!language.empty()) {
    reader.fail_at(start, "no multiline text is called '" + std::string(language) + "'",
                   "json, xml, graphql and raw are known");
  }
  body.text = read_until(reader, "```", placeholders);
  return body;
}

bool json_ahead(const Reader& reader) {
  const char c = reader.peek();
  return c == '{' || c == '[' || c == '"' || c == '-' || (c >= '0' && c <= '9') || reader.ahead("true") ||
         reader.ahead("false") || reader.ahead("null");
}

}  // namespace

Body read_body(Reader& reader) {
  const std::size_t before = reader.offset();
  reader.empty_lines();
  reader.spaces();
  Body body;
  body.place = reader.place();
  if (reader.take("```")) {
    body = read_multiline(reader);
  } else if (reader.peek() == '`') {
    body.kind = Body::Kind::text;
    body.text = read_backtick(reader);
  } else if (reader.peek() == '<') {
    body.kind = Body::Kind::xml;
    body.text = read_xml(reader);
  } else if (json_ahead(reader)) {
    body.kind = Body::Kind::json;
    body.text = JsonReader(reader).read();
  } else if (reader.take("base64,")) {
    body.kind = Body::Kind::bytes;
    body.bytes = read_base64(reader);
  } else if (reader.take("hex,")) {
    body.kind = Body::Kind::bytes;
    body.bytes = read_hex(reader);
  } else if (reader.take("file,")) {
    body.kind = Body::Kind::file;
    reader.spaces();
    body.text = read_file_name(reader);
    reader.spaces();
    if (!reader.take(";")) reader.fail("a ; is needed behind the file's name");
  } else {
    reader.seek(before);
    return body;
  }
  reader.end_of_line();
  return body;
}

Literal read_literal(Reader& reader) {
  Literal literal;
  const char c = reader.peek();
  if (c == '"') {
    literal.kind = Literal::Kind::text;
    literal.text = read_quoted(reader);
  } else if (reader.take("```")) {
    literal.kind = Literal::Kind::text;
    literal.text = read_multiline(reader).text;
  } else if (c == '`') {
    literal.kind = Literal::Kind::text;
    literal.text = read_backtick(reader);
  } else if (c == '/') {
    literal.kind = Literal::Kind::regex;
  } else if (reader.ahead("{{")) {
    literal.kind = Literal::Kind::variable;
    read_placeholder(reader, literal.text);
  } else if (reader.take("base64,")) {
    literal.kind = Literal::Kind::bytes;
    literal.bytes = read_base64(reader);
  } else if (reader.take("hex,")) {
    literal.kind = Literal::Kind::bytes;
    literal.bytes = read_hex(reader);
  } else if (reader.take("file,")) {
    literal.kind = Literal::Kind::file;
    reader.spaces();
    literal.text = read_file_name(reader);
    reader.spaces();
    if (!reader.take(";")) reader.fail("a ; is needed behind the file's name");
  } else if (c == '-' || (c >= '0' && c <= '9')) {
    literal.json = read_number(reader);
  } else if (reader.take("true")) {
    literal.json = json::Value(true);
  } else if (reader.take("false")) {
    literal.json = json::Value(false);
  } else if (!reader.take("null")) {
    reader.fail("a value is needed: a text in quotes, a number, true, false, null, bytes, a file or {{a variable}}");
  }
  return literal;
}

}  // namespace sentimark::hurl
