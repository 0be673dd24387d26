// Set-Cookie headers (RFC 6265, section 5.2).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "hurl/evaluate.hpp"

namespace sentimark::hurl {

// The attribute in lower case, "value" for the cookie's own. Nothing when the cookie or the attribute is not set.
Found cookie(std::string_view name, std::string_view attribute, const Response& response);

}  // namespace sentimark::hurl
