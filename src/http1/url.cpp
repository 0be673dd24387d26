#include "http1/url.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace sentimark::http1 {
namespace {

base::Error wrong(std::string why) { return base::fail(base::Outcome::usage, "a URL " + std::move(why)); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = at + 2 < text.size() && text[at] == '%' ? hex_digit(text[at + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
    if (low < 0) {
      result.push_back(text[at]);
      continue;
    }
    result.push_back(static_cast<char>(high * 16 + low));
    at += 2;
  }
  return result;
}

std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f) {
      result.push_back(c);
    } else {
      result += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return result;
}

// RFC 3986, section 5.2.4, of a path that begins with a slash.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool folder = false;  // whether the result ends in a slash
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    folder = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!folder) kept.push_back(segment);
  }
  std::string result;
  for (const std::string_view segment : kept) result.append("/").append(segment);
  if (folder || result.empty()) result += "/";
  return result;
}

// A path that may be empty, with its query.
std::string target_of(std::string_view text) {
  const std::size_t query = std::min(text.find('?'), text.size());
  const std::string path(text.substr(0, query));
  return escaped(without_dots(path.empty() ? "/" : path)) + escaped(text.substr(query));
}

base::Done read_port(std::string_view text, Url& url) {
  url.port = url.secure ? 443 : 80;
  if (text.empty()) return {};
  const auto number = base::parse_unsigned(text);
  if (!number || *number == 0 || *number > 65'535) return wrong("has the port '" + base::shorten(text, 40) + "'");
  url.port = static_cast<std::uint16_t>(*number);
  return {};
}

bool is_host(std::string_view host, bool bracketed) {
  const std::string_view signs = bracketed ? ":." : "-._~";
  const auto allowed = [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= (bracketed ? 'f' : 'z')) ||
           signs.find(c) != std::string_view::npos;
  };
  return !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), allowed);
}

base::Done read_authority(std::string_view text, Url& url) {
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    url.user = unescaped(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  const bool bracketed = text.starts_with("[");
  const std::size_t end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == std::string_view::npos) return wrong("has an address without its closing bracket");
  url.host = base::to_lower(bracketed ? text.substr(1, end - 1) : text.substr(0, end));
  if (!is_host(url.host, bracketed))
    return wrong(url.host.empty() ? "needs a host" : "has the host '" + base::shorten(url.host, 80) + "'");
  text.remove_prefix(bracketed ? end + 1 : end);
  if (!text.empty() && text[0] != ':') return wrong("has something behind its address that is no port");
  return read_port(text.empty() ? text : text.substr(1), url);
}

}  // namespace

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (secure ? 443 : 80) ? name : name + ":" + std::to_string(port);
}

std::string Url::text() const { return (secure ? "https://" : "http://") + authority() + target; }

base::Result<Url> parse_url(std::string_view text) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), blank)) return wrong("holds a blank or a control character");
  Url url;
  const std::string scheme = base::to_lower(text.substr(0, std::min(text.find("://"), text.size())));
  if (scheme != "http" && scheme != "https") return wrong("begins with http:// or https://");
  url.secure = scheme == "https";
  text.remove_prefix(scheme.size() + 3);
  text = text.substr(0, text.find('#'));
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  SENTIMARK_TRY(read_authority(text.substr(0, end), url));
  url.target = target_of(text.substr(end));
  return url;
}

base::Result<Url> resolve(const Url& from, std::string_view reference) {
  const std::string safe = escaped(base::trim(reference));
  const std::string_view text = std::string_view(safe).substr(0, safe.find('#'));
  const std::size_t colon = text.find(':');
  const bool absolute = colon != std::string_view::npos && colon < std::min(text.find_first_of("/?"), text.size());
  if (absolute) return parse_url(text);
  if (text.starts_with("//")) return parse_url((from.secure ? "https:" : "http:") + std::string(text));
  Url url = from;
  url.user.clear();
  const std::string path = from.target.substr(0, from.target.find('?'));
  if (text.empty()) return url;
  if (text[0] == '/') {
    url.target = target_of(text);
  } else if (text[0] == '?') {
    url.target = path + std::string(text);
  } else {
    url.target = target_of(path.substr(0, path.rfind('/') + 1) + std::string(text));
  }
  return url;
}

}  // namespace sentimark::http1
