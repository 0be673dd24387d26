// Normalized paths (RFC 9535, 2.7).
#pragma once
#include <string>
#include <string_view>

namespace sentimark::jsonpath {

// ['name'] with the escapes of normal-single-quoted.
std::string normalized_name(std::string_view name);

}  // namespace sentimark::jsonpath
