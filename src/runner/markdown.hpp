// Text of others inside Markdown: it may be read, it may not format, link or mention.
#pragma once
#include <string>
#include <string_view>

namespace sentimark::runner {

// For running text and table cells: one line, with every character that Markdown or HTML would act on escaped.
std::string markdown_text(std::string_view text);

// As `code`, one line, whatever back-ticks it holds; safe in a table cell.
std::string markdown_code(std::string_view text);

// As a label of a Mermaid chart, in its double quotes: one line of letters, digits and ./:_- and spaces, anything else
// as a dot.
std::string mermaid_text(std::string_view text);

// A fenced block that its content cannot end.
std::string markdown_block(std::string_view text);

// <details> with a summary line and a body of Markdown.
std::string markdown_fold(std::string_view title, std::string_view body);

}  // namespace sentimark::runner
