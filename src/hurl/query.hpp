// Queries, filters and predicates: what captures and asserts are made of.
#pragma once
#include "hurl/body.hpp"

namespace sentimark::hurl {

Query read_query(Reader& reader);
std::vector<Filter> read_filters(Reader& reader);  // with the blanks before each; leaves the blanks before what is none
Predicate read_predicate(Reader& reader);

}  // namespace sentimark::hurl
