// Set-Cookie headers (RFC 6265, section 5.2).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "hurl/evaluate.hpp"

namespace sentimark::hurl {

// The attribute in lower case, "value" for the cookie's own. Nothing when the cookie or the attribute is not set.
Found cookie(std::string_view name, std::string_view attribute, const Response& response);

// The date of an Expires attribute; nothing when it is none.
std::optional<base::WallTime> cookie_date(std::string_view text);

}  // namespace sentimark::hurl
