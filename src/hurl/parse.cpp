#include "hurl/parse.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "hurl/options.hpp"
#include "hurl/query.hpp"

namespace sentimark::hurl {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{4} << 20U;
constexpr std::size_t k_most_entries = 10'000;

class Parser {
 public:
  explicit Parser(std::string_view text) : reader_(text) {}

  base::Result<File> parse(std::string_view name) {
    File file;
    file.name = name;
    reader_.take("\xEF\xBB\xBF");
    for (;;) {
      reader_.empty_lines();
      reader_.spaces();
      if (reader_.done()) break;
      if (file.entries.size() >= k_most_entries) reader_.fail("more entries than allowed");
      file.entries.emplace_back();
      read_request(file.entries.back().request);
      read_response(file.entries.back());
    }
    if (reader_.failed()) {
      const Place place = reader_.fault_place();
      return base::fail(
          base::Outcome::config,
          file.name + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " + reader_.why(),
          reader_.cure(), "hurl");
    }
    return file;
  }

 private:
  void read_request(Request& request) {
    request.place = reader_.place();
    const std::size_t start = reader_.offset();
    request.method = reader_.word();
    const bool upper =
        std::all_of(request.method.begin(), request.method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (request.method.empty() || !upper)
      return reader_.fail_at(start, "a method in capital letters is needed, like GET");
    reader_.need_spaces();
    request.url = read_unquoted(reader_);
    if (request.url.pieces.empty()) reader_.fail("a URL is needed");
    reader_.end_of_line();
    request.headers = key_values();
    std::vector<std::string> seen;
    for (std::string name = section(); !name.empty(); name = section()) {
      const std::size_t behind = reader_.offset();
      request_section(request, name);
      if (std::find(seen.begin(), seen.end(), name) != seen.end())
        reader_.fail_at(behind, "the section [" + name + "] stands twice");
      seen.push_back(name);
    }
    request.body = read_body(reader_);
  }

  // The long names are the older ones.
  void request_section(Request& request, std::string& name) {
    if (name == "QueryStringParams") name = "Query";
    if (name == "FormParams") name = "Form";
    if (name == "MultipartFormData") name = "Multipart";
    if (name == "Query") {
      request.query = key_values();
    } else if (name == "Form") {
      request.form = key_values();
    } else if (name == "Multipart") {
      while (read_part(request.multipart)) {
      }
    } else if (name == "Cookies") {
      request.cookies = key_values();
    } else if (name == "BasicAuth") {
      KeyValue pair;
      if (key_value(pair)) request.basic_auth.push_back(std::move(pair));
    } else if (name == "Options") {
      request.options = read_options(reader_);
    } else {
      unknown_section(name, "request");
    }
  }

  void unknown_section(const std::string& name, std::string_view owner) {
    reader_.fail_at(section_at_, "a " + std::string(owner) + " has no section [" + name + "]",
                    owner == "request" ? "known are Query, Form, Multipart, Cookies, BasicAuth and Options"
                                       : "known are Captures and Asserts");
  }

  // [Name] on a line of its own; empty, and nothing taken, when none stands ahead.
  std::string section() {
    const std::size_t before = reader_.offset();
    reader_.empty_lines();
    reader_.spaces();
    section_at_ = reader_.offset();
    if (reader_.take("[")) {
      const std::string_view name = reader_.word();
      if (!name.empty() && reader_.take("]")) {
        reader_.end_of_line();
        return std::string(name);
      }
    }
    reader_.seek(before);
    return {};
  }

  // The key and its colon; false, and nothing taken, when none stands ahead.
  bool key(Template& name) {
    const std::size_t before = reader_.offset();
    reader_.empty_lines();
    reader_.spaces();
    // A key holds no braces but a variable's, so JSON is not taken for one.
    if (!reader_.done()) name = read_key(reader_);
    reader_.spaces();
    if (!reader_.failed() && !name.pieces.empty() && reader_.take(":")) {
      reader_.spaces();
      return true;
    }
    reader_.seek(before);
    return false;
  }

  bool key_value(KeyValue& pair) {
    pair = {};
    if (!key(pair.key)) return false;
    pair.value = read_unquoted(reader_);
    reader_.end_of_line();
    return true;
  }

  std::vector<KeyValue> key_values() {
    std::vector<KeyValue> pairs;
    KeyValue pair;
    while (key_value(pair)) pairs.push_back(std::move(pair));
    return pairs;
  }

  bool read_part(std::vector<Part>& parts) {
    Part part;
    if (!key(part.key)) return false;
    part.is_file = reader_.take("file,");
    if (part.is_file) {
      reader_.spaces();
      part.value = read_file_name(reader_);
      reader_.spaces();
      if (!reader_.take(";")) reader_.fail("a ; is needed behind the file's name");
      reader_.spaces();
      part.content_type = read_unquoted(reader_);
    } else {
      part.value = read_unquoted(reader_);
    }
    reader_.end_of_line();
    parts.push_back(std::move(part));
    return !reader_.failed();
  }

  void read_response(Entry& entry) {
    const std::size_t before = reader_.offset();
    reader_.empty_lines();
    reader_.spaces();
    if (!reader_.ahead("HTTP/") && !reader_.ahead("HTTP ") && !reader_.ahead("HTTP\t")) return reader_.seek(before);
    Expectation response;
    response.place = reader_.place();
    reader_.take("HTTP");
    read_version(response);
    reader_.need_spaces();
    response.status_place = reader_.place();
    if (!reader_.take("*")) {
      const std::size_t start = reader_.offset();
      const auto status = base::parse_unsigned(reader_.word());
      if (!status || *status > 99'999) return reader_.fail_at(start, "a status or * is needed");
      response.status = static_cast<int>(*status);
    }
    reader_.end_of_line();
    response.headers = key_values();
    std::vector<std::string> seen;
    for (std::string name = section(); !name.empty(); name = section()) {
      if (std::find(seen.begin(), seen.end(), name) != seen.end())
        reader_.fail_at(section_at_, "the section [" + name + "] stands twice");
      seen.push_back(name);
      if (name == "Captures") {
        while (read_capture(response.captures)) {
        }
      } else if (name == "Asserts") {
        while (read_assert(response.asserts)) {
        }
      } else {
        unknown_section(name, "response");
      }
    }
    response.body = read_body(reader_);
    entry.response = std::move(response);
  }

  void read_version(Expectation& response) {
    const std::size_t start = reader_.offset();
    if (!reader_.take("/")) return;
    const std::string_view version = reader_.run_of(".*");
    if (version == "1.0" || version == "1.1") {
      response.version = version;
    } else if (version == "*") {
      reader_.fail_at(start, "HTTP/* was removed in Hurl 6.1", "write HTTP");
    } else if (version == "2" || version == "3") {
      reader_.fail_at(start, "these checks speak HTTP/1.1 only", "write HTTP");
    } else {
      reader_.fail_at(start, "an unknown version of HTTP", "write HTTP, HTTP/1.0 or HTTP/1.1");
    }
  }

  bool read_capture(std::vector<Capture>& captures) {
    Capture capture;
    if (!key(capture.name)) return false;
    capture.place = capture.name.place;
    capture.query = read_query(reader_);
    capture.filters = read_filters(reader_);
    const std::size_t before = reader_.offset();
    reader_.spaces();
    capture.redacted = reader_.take("redact");
    if (!capture.redacted) reader_.seek(before);
    reader_.end_of_line();
    captures.push_back(std::move(capture));
    return !reader_.failed();
  }

  // Ends at a section, a body, the next request and the file's end.
  bool read_assert(std::vector<Assert>& asserts) {
    const std::size_t before = reader_.offset();
    reader_.empty_lines();
    reader_.spaces();
    const std::size_t start = reader_.offset();
    const char c = reader_.peek();
    const std::string_view word = reader_.word();
    // Queries start with a small letter; so do true, false, null, base64, hex and file, which are bodies.
    const bool body = word == "true" || word == "false" || word == "null" ||
                      (reader_.peek() == ',' && (word == "base64" || word == "hex" || word == "file"));
    if (c < 'a' || c > 'z' || body) {
      reader_.seek(before);
      return false;
    }
    reader_.seek(start);
    Assert assert;
    assert.place = reader_.place();
    assert.query = read_query(reader_);
    assert.filters = read_filters(reader_);
    reader_.need_spaces();
    assert.predicate = read_predicate(reader_);
    if (!reader_.failed()) assert.source = reader_.since(start);
    reader_.end_of_line();
    asserts.push_back(std::move(assert));
    return !reader_.failed();
  }

  Reader reader_;
  std::size_t section_at_ = 0;
};

}  // namespace

base::Result<File> parse(std::string_view text, std::string_view name) {
  const std::string where = std::string(name) + ":1:1: ";
  if (text.size() > k_most_bytes)
    return base::fail(base::Outcome::config, where + "the file is larger than allowed", {}, "hurl");
  if (!base::is_valid_utf8(text))
    return base::fail(base::Outcome::config, where + "the file is not valid UTF-8", {}, "hurl");
  return Parser(text).parse(name);
}

}  // namespace sentimark::hurl
