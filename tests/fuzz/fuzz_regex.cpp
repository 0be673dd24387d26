// A pattern on the first line, a text behind it: all ways of asking agree, and every span lies in the text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "regex/regex.hpp"

using namespace sentimark;

// NOLINTNEXTLINE: the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  const std::string_view pattern = input.substr(0, line);
  const std::string_view text = line == std::string_view::npos ? std::string_view() : input.substr(line + 1);
  if (text.size() > 4096) return 0;
  for (const regex::Syntax syntax : {regex::Syntax::rust, regex::Syntax::iregexp}) {
    const auto compiled = regex::Regex::compile(pattern, syntax);
    if (!compiled) continue;
    const auto groups = compiled->find(text);
    if (groups.has_value() != compiled->found_in(text)) std::abort();
    if (compiled->matches_whole(text) && !groups) std::abort();
    if (!groups) continue;
    if (groups->size() != compiled->group_count() + 1) std::abort();
    for (const regex::Span& span : *groups) {
      const bool absent = span.begin == regex::Span::none && span.end == regex::Span::none;
      if (!absent && (span.begin > span.end || span.end > text.size())) std::abort();
    }
    if (regex::replace_all(*compiled, text, "<$0>").size() < text.size()) std::abort();
  }
  return 0;
}
