// .hurl text -> File. The subset that is documented in docs/verify-http.md, read as Hurl 8 reads it; everything else is
// refused.
#pragma once
#include <string_view>

#include "base/result.hpp"
#include "hurl/file.hpp"

namespace sentimark::hurl {

// Error (config, code "hurl"): "name:line:column: why", with the way out where one is known. Bounded: 4 MB, 10,000
// entries.
base::Result<File> parse(std::string_view text, std::string_view name);

}  // namespace sentimark::hurl
