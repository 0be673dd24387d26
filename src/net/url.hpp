// URLs as people may see them.
#pragma once
#include <string>
#include <string_view>

namespace sentimark::net {

// Scheme, host, port and path alone: a query or a user part may hold a secret. What is no URL gives "(not a URL)".
std::string shown_url(std::string_view url);

}  // namespace sentimark::net
