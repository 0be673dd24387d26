#include "hurl/outgoing.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace sentimark::hurl {
namespace {

using Pairs = std::vector<http1::Header>;

class Maker {
 public:
  Maker(std::string_view file, const Variables& variables, Files& files, sys::Random& random)
      : file_(file), variables_(variables), files_(files), random_(random) {}

  base::Result<Outgoing> make(const Request& from) {
    Outgoing made;
    http1::Request& to = made.request;
    to.method = from.method;
    SENTIMARK_LET(address, render(from.url, file_, variables_));
    SENTIMARK_LET(query, pairs(from.query));
    auto url = http1::parse_url(with_query(std::move(address), query));
    if (!url) return error_at(file_, from.url.place, url.error().what);
    to.url = std::move(url).value();
    SENTIMARK_LET(headers, pairs(from.headers));
    to.headers = std::move(headers);
    for (std::size_t at = 0; at < to.headers.size(); ++at) {
      if (!http1::is_token(to.headers[at].first) || !http1::is_field_value(to.headers[at].second))
        return error_at(file_, from.headers[at].key.place, "a header that may not be sent");
    }
    SENTIMARK_LET(login, pairs(from.basic_auth));
    for (const auto& [name, password] : login)
      to.headers.emplace_back("Authorization", "Basic " + base::to_base64(name + ":" + password));
    SENTIMARK_LET(cookies, pairs(from.cookies));
    for (const auto& [name, value] : cookies) made.cookies += (made.cookies.empty() ? "" : "; ") + name + "=" + value;
    SENTIMARK_TRY(body(from, made));
    return made;
  }

 private:
  base::Result<Pairs> pairs(const std::vector<KeyValue>& from) {
    Pairs made;
    for (const KeyValue& pair : from) {
      SENTIMARK_LET(name, render(pair.key, file_, variables_));
      SENTIMARK_LET(value, render(pair.value, file_, variables_));
      made.emplace_back(std::move(name), std::move(value));
    }
    return made;
  }

  // Names go out as they are written, values are escaped: so does Hurl.
  static std::string encoded(const Pairs& pairs) {
    std::string text;
    for (const auto& [name, value] : pairs)
      text += (text.empty() ? "" : "&") + name + "=" + base::percent_encoded(value);
    return text;
  }

  static std::string with_query(std::string address, const Pairs& query) {
    if (query.empty()) return address;
    if (!address.ends_with('?')) address += base::contains(address, "?") ? "&" : "?";
    return address + encoded(query);
  }

  base::Done body(const Request& from, Outgoing& made) {
    http1::Request& to = made.request;
    std::string& type = made.content_type;
    if (!from.form.empty()) {
      SENTIMARK_LET(form, pairs(from.form));
      to.body = encoded(form);
      type = "application/x-www-form-urlencoded";
    } else if (!from.multipart.empty()) {
      SENTIMARK_LET(boundary, multipart(from.multipart, to.body));
      type = "multipart/form-data; boundary=" + boundary;
      // A type that the file gives lacks the boundary, without which nobody can read the parts.
      for (auto& [name, value] : to.headers) {
        const bool told = base::equals_ignoring_case(name, "content-type");
        if (told && value.starts_with("multipart/form-data") && !base::contains(value, "boundary="))
          value += "; boundary=" + boundary;
      }
    } else {
      SENTIMARK_LET(text, render_body(from.body, file_, variables_, &files_));
      to.body = std::move(text);
      const bool json = from.body.kind == Body::Kind::json || from.body.kind == Body::Kind::graphql;
      if (json) type = "application/json";
      if (from.body.kind == Body::Kind::xml) type = "application/xml";
    }
    if (http1::find_header(to.headers, "content-type") != nullptr) type.clear();
    return {};
  }

  base::Result<std::string> multipart(const std::vector<Part>& parts, std::string& into) {
    std::array<unsigned char, 12> bytes{};
    random_.fill(bytes);
    const std::string boundary = "------------------------" + base::to_hex(bytes);
    for (const Part& part : parts) {
      SENTIMARK_LET(name, render(part.key, file_, variables_));
      SENTIMARK_LET(value, render(part.value, file_, variables_));
      into += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + quoted(name) + "\"";
      if (part.is_file) {
        SENTIMARK_LET(type, render(part.content_type, file_, variables_));
        if (type.empty()) type = type_of(value);
        SENTIMARK_LET(content, read_named(part.value, file_, variables_, &files_));
        into += "; filename=\"" + quoted(value) + "\"\r\nContent-Type: " + type;
        value = std::move(content);
      }
      into += "\r\n\r\n" + value + "\r\n";
    }
    into += "--" + boundary + "--\r\n";
    return boundary;
  }

  // As browsers do (WHATWG HTML, multipart/form-data encoding).
  static std::string quoted(std::string text) {
    text = base::replace_all(std::move(text), "\"", "%22");
    text = base::replace_all(std::move(text), "\r", "%0D");
    return base::replace_all(std::move(text), "\n", "%0A");
  }

  // Hurl's own table.
  static std::string type_of(std::string_view name) {
    constexpr std::pair<std::string_view, std::string_view> known[] = {
        {".gif", "image/gif"},       {".jpg", "image/jpeg"},     {".jpeg", "image/jpeg"}, {".png", "image/png"},
        {".svg", "image/svg+xml"},   {".txt", "text/plain"},     {".htm", "text/html"},   {".html", "text/html"},
        {".pdf", "application/pdf"}, {".xml", "application/xml"}};
    for (const auto& [ending, type] : known) {
      if (name.ends_with(ending)) return std::string(type);
    }
    return "application/octet-stream";
  }

  std::string_view file_;
  const Variables& variables_;
  Files& files_;
  sys::Random& random_;
};

}  // namespace

base::Result<Outgoing> outgoing(const Request& request, std::string_view file, const Variables& variables, Files& files,
                                sys::Random& random) {
  return Maker(file, variables, files, random).make(request);
}

}  // namespace sentimark::hurl
