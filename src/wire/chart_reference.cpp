#include "wire/chart_reference.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace sentimark::wire {
namespace {

constexpr std::string_view k_scheme = "oci://";
constexpr std::string_view k_algorithm = "@sha256:";
constexpr std::size_t k_digest = 64;
constexpr std::size_t k_longest = 1'000;  // it becomes an argument of helm

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_letter_or_digit(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }

bool all_of(std::string_view text, std::string_view more, bool (*is_usual)(char)) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_usual(c) || more.find(c) != std::string_view::npos; });
}

bool is_host(std::string_view host) {
  const std::size_t colon = host.find(':');
  const std::string_view port = colon == std::string_view::npos ? "443" : host.substr(colon + 1);
  const std::string_view name = host.substr(0, colon);
  return !name.empty() && is_letter_or_digit(name.front()) && all_of(name, ".-", is_letter_or_digit) && !port.empty() &&
         std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_repository(std::string_view repository) {
  for (const std::string& part : base::split(repository, '/')) {
    if (part.empty() || !is_lower_or_digit(part.front()) || !is_lower_or_digit(part.back()) ||
        !all_of(part, "._-", is_lower_or_digit))
      return false;
  }
  return true;
}

// A chart's version may hold '+', which no tag does: helm writes '_' for it.
bool is_tag(std::string_view tag) { return all_of(tag, "._-+", is_letter_or_digit); }

base::Error malformed(std::string_view text) {
  return base::fail(base::Outcome::usage, "'" + base::shorten(text, 200) + "' is no reference to a chart in a registry",
                    "write oci://HOST/REPOSITORY@sha256:DIGEST");
}

}  // namespace

bool is_chart_reference(std::string_view text) { return text.starts_with(k_scheme); }

base::Result<ChartReference> parse_chart_reference(std::string_view text) {
  if (!is_chart_reference(text) || text.size() > k_longest) return malformed(text);
  ChartReference found;
  std::string_view rest = text.substr(k_scheme.size());
  const std::size_t at = rest.find(k_algorithm);
  if (at == std::string_view::npos) {
    return base::fail(base::Outcome::usage,
                      "'" + base::shorten(text, 200) + "' names no digest, and a tag may be moved to another chart",
                      "write oci://HOST/REPOSITORY@sha256:DIGEST; helm push and helm pull print the digest",
                      "no-digest");
  }
  found.digest = rest.substr(at + k_algorithm.size());
  rest = rest.substr(0, at);
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos || found.digest.size() != k_digest || !base::is_hex(found.digest))
    return malformed(text);
  found.host = rest.substr(0, slash);
  rest = rest.substr(slash + 1);
  const std::size_t colon = rest.find(':');
  found.repository = rest.substr(0, colon);
  if (colon != std::string_view::npos) {
    found.tag = rest.substr(colon + 1);
    if (found.tag.empty()) return malformed(text);
  }
  if (!is_host(found.host) || !is_repository(found.repository) || !is_tag(found.tag)) return malformed(text);
  return found;
}

}  // namespace sentimark::wire
