// Bodies of requests and responses, and the literals that predicates compare with.
#pragma once
#include "hurl/texts.hpp"

namespace sentimark::hurl {

// Kind none, and nothing taken, when no body stands ahead.
Body read_body(Reader& reader);

// Fails when none stands ahead.
Literal read_literal(Reader& reader);

}  // namespace sentimark::hurl
