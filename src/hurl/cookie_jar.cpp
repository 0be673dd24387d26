#include "hurl/cookie_jar.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "hurl/cookie.hpp"

namespace sentimark::hurl {
namespace {

constexpr std::size_t k_most_bytes = 8'192;
constexpr std::size_t k_most_cookies = 1'000;

bool is_address(const std::string& host) {
  return host.find(':') != std::string::npos || host.find_first_not_of("0123456789.") == std::string::npos;
}

// What browsers and libcurl hold for safe although it is not TLS.
bool is_safe(const http1::Url& url) {
  return url.secure || url.host == "localhost" || url.host == "127.0.0.1" || url.host == "::1";
}

std::string path_of(const http1::Url& url) { return url.target.substr(0, url.target.find('?')); }

// RFC 6265, section 5.1.4: the folder of the request's path.
std::string default_path(const http1::Url& url) {
  const std::string path = path_of(url);
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

bool domain_matches(const std::string& host, const std::string& domain) {
  return host == domain || (!is_address(host) && host.ends_with("." + domain));
}

bool path_matches(const std::string& path, const std::string& folder) {
  return path == folder || (path.starts_with(folder) && (folder.ends_with('/') || path[folder.size()] == '/'));
}

}  // namespace

// False: the cookie is not for this site.
bool CookieJar::read_attribute(Cookie& cookie, std::string_view part, const http1::Url& url, base::WallTime now) const {
  const std::size_t equals = std::min(part.find('='), part.size());
  const std::string key = base::to_lower(base::trim(part.substr(0, equals)));
  const std::string_view value = base::trim(part.substr(std::min(equals + 1, part.size())));
  if (key == "secure") cookie.secure = true;
  if (key == "path" && value.starts_with('/')) cookie.path = value;
  if (key == "domain" && !value.empty()) {
    cookie.domain = base::to_lower(value.substr(value.starts_with('.') ? 1 : 0));
    cookie.host_only = false;
    // A domain of one word would be every site of a top level.
    const bool wide = cookie.domain.find('.') == std::string::npos && cookie.domain != url.host;
    return !wide && domain_matches(url.host, cookie.domain);
  }
  if (key == "max-age") {
    const auto seconds = base::parse_unsigned(value);
    const std::uint64_t most = 400ULL * 86'400;
    if (seconds) {
      cookie.expires = now + base::Millis(static_cast<std::int64_t>(std::min(*seconds, most) * 1000));
    } else if (value.starts_with('-')) {
      cookie.expires = now;
    }
  }
  if (key == "expires" && !cookie.expires) cookie.expires = cookie_date(value);
  return true;
}

void CookieJar::set(std::string_view header, const http1::Url& url, base::WallTime now) {
  if (header.size() > k_most_bytes) return;
  const std::vector<std::string> parts = base::split(header, ';');
  const std::size_t equals = parts[0].find('=');
  if (equals == std::string::npos) return;
  Cookie cookie;
  cookie.name = base::trim(std::string_view(parts[0]).substr(0, equals));
  cookie.value = base::trim(std::string_view(parts[0]).substr(equals + 1));
  cookie.domain = url.host;
  cookie.path = default_path(url);
  if (cookie.name.empty()) return;
  for (std::size_t at = 1; at < parts.size(); ++at) {
    if (!read_attribute(cookie, parts[at], url, now)) return;
  }
  if (cookie.secure && !is_safe(url)) return;
  if (cookie.name.starts_with("__Secure-") && !cookie.secure) return;
  if (cookie.name.starts_with("__Host-") && (!cookie.secure || cookie.path != "/" || !cookie.host_only)) return;
  const auto same = [&](const Cookie& one) {
    return one.name == cookie.name && one.domain == cookie.domain && one.path == cookie.path;
  };
  const auto known = std::find_if(cookies_.begin(), cookies_.end(), same);
  const bool over = cookie.expires && *cookie.expires <= now;
  if (known != cookies_.end() && over) {
    cookies_.erase(known);
  } else if (known != cookies_.end()) {
    *known = std::move(cookie);
  } else if (!over) {
    if (cookies_.size() >= k_most_cookies) cookies_.erase(cookies_.begin());
    cookies_.push_back(std::move(cookie));
  }
}

std::string CookieJar::header_for(const http1::Url& url, base::WallTime now) const {
  const std::string path = path_of(url);
  std::vector<const Cookie*> sent;
  for (const Cookie& cookie : cookies_) {
    const bool site = cookie.host_only ? url.host == cookie.domain : domain_matches(url.host, cookie.domain);
    const bool fresh = !cookie.expires || *cookie.expires > now;
    if (site && fresh && (!cookie.secure || is_safe(url)) && path_matches(path, cookie.path)) sent.push_back(&cookie);
  }
  std::stable_sort(sent.begin(), sent.end(),
                   [](const Cookie* left, const Cookie* right) { return left->path.size() > right->path.size(); });
  std::string text;
  for (const Cookie* const cookie : sent) text += (text.empty() ? "" : "; ") + cookie->name + "=" + cookie->value;
  return text;
}

}  // namespace sentimark::hurl
