#include "net/url.hpp"

#include "base/text.hpp"

namespace sentimark::net {

std::string shown_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "(not a URL)";
  const std::size_t start = scheme + 3;
  url = url.substr(0, url.find_first_of("?#", start));
  const std::size_t path = std::min(url.find('/', start), url.size());
  const std::size_t user = url.substr(0, path).rfind('@');
  std::string shown(url.substr(0, start));
  shown += url.substr(user == std::string_view::npos || user < start ? start : user + 1);
  return base::shorten(base::to_valid_utf8(shown), 500);
}

}  // namespace sentimark::net
