// Templates and literals of the grammar. Each reads at the reader's position and tells it what is wrong.
#pragma once
#include "hurl/file.hpp"
#include "hurl/reader.hpp"

namespace sentimark::hurl {

// {{name}}; the braces stand ahead.
void read_placeholder(Reader& reader, Template& into, Piece::Kind kind = Piece::Kind::variable);

Template read_quoted(Reader& reader);     // "…", the quote stands ahead
Template read_backtick(Reader& reader);   // `…`, the backtick stands ahead
Template read_unquoted(Reader& reader);   // to the line's end or a comment, without the blanks before it
Template read_key(Reader& reader);        // empty when none stands ahead; the reader may have moved
Template read_file_name(Reader& reader);  // with \ before blanks and signs

// Everything up to the mark with its placeholders; the mark is taken.
Template read_until(Reader& reader, std::string_view mark, bool placeholders);

std::string read_hex(Reader& reader);     // behind "hex,", to the ;
std::string read_base64(Reader& reader);  // behind "base64,", to the ;

// A decimal number as JSON has them; fails when none stands ahead.
json::Value read_number(Reader& reader);

Pattern read_pattern(Reader& reader);  // "…" or /…/
PathQuery read_path(Reader& reader);   // "…"

void add_text(Template& into, std::string_view text);

}  // namespace sentimark::hurl
