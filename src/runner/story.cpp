#include "runner/story.hpp"

#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace sentimark::runner {
namespace {

constexpr std::size_t k_quote_limit = 64'000;
constexpr std::size_t k_line_limit = 2'000;

// What a server or a child printed may hold anything: an escape sequence could rewrite what the reader sees. Valid
// UTF-8 is given: there the controls U+0080 to U+009F, of which some start a sequence too, are C2 and their own byte.
std::string visible(std::string_view line) {
  std::string shown;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    const bool high = byte == 0xc2 && i + 1 < line.size() && static_cast<unsigned char>(line[i + 1]) < 0xa0;
    if (!high && (byte == '\t' || (byte >= 0x20 && byte != 0x7f))) {
      shown.push_back(line[i]);
    } else {
      if (high) ++i;
      shown += "\\x" + base::to_hex(std::array<unsigned char, 1>{static_cast<unsigned char>(line[i])});
    }
  }
  return shown;
}

// The runner trims every white space of Unicode before it looks for "::", so whatever is no visible ASCII counts.
bool may_be_command(std::string_view line) {
  while (!line.empty() && (line.front() <= ' ' || static_cast<unsigned char>(line.front()) >= 0x7f))
    line.remove_prefix(1);
  return line.rfind("::", 0) == 0;
}

std::string_view colour_of(sys::Level level) {
  switch (level) {
    case sys::Level::notice:
      return "\x1b[32m";
    case sys::Level::warning:
      return "\x1b[33m";
    case sys::Level::error:
      return "\x1b[31m";
    case sys::Level::debug:
      return "\x1b[2m";
    default:
      return {};
  }
}

}  // namespace

std::string Story::clean(std::string_view text) const {
  return base::to_valid_utf8(secrets_ == nullptr ? std::string(text) : secrets_->redact(text));
}

void Story::say(sys::Level level, std::string_view text) {
  if (level == sys::Level::debug && !look_.debug) return;
  if (look_.actions && level != sys::Level::info && level != sys::Level::notice) return command(level, text, {});
  const std::string told = clean(text);
  const std::string_view rank = level == sys::Level::error     ? "error: "
                                : level == sys::Level::warning ? "warning: "
                                                               : "";
  std::string block;
  for (const std::string& line : base::lines_of(std::string(rank) + told)) {
    std::string shown = visible(base::shorten(line, k_line_limit));
    // The runner takes "::" at the start of a line, and "##[" anywhere, for a command.
    if (look_.actions && may_be_command(shown)) shown = "\u200b" + shown;
    if (look_.actions) shown = base::replace_all(std::move(shown), "##[", "# #[");
    const std::string_view colour = look_.colour ? colour_of(level) : std::string_view();
    block += std::string(colour) + shown + (colour.empty() ? "" : "\x1b[0m") + "\n";
  }
  write_(block);
}

void Story::command(sys::Level level, std::string_view text, const sys::SourcePlace& place) {
  const std::string_view word = level == sys::Level::debug     ? "debug"
                                : level == sys::Level::warning ? "warning"
                                                               : "error";
  std::vector<std::string> lines = base::lines_of(clean(text));
  for (std::string& line : lines) line = visible(line);
  write_(command_of(word, level == sys::Level::debug ? "" : look_.title, base::join(lines, "\n"), place));
}

void Story::point(sys::Level level, const sys::SourcePlace& place, std::string_view text) {
  if (!look_.actions || (level != sys::Level::warning && level != sys::Level::error))
    return Log::point(level, place, text);
  command(level, text, {clean(place.file), place.line, place.column});
}

void Story::quote(std::string_view title, std::string_view text) {
  std::string body;
  std::string told = clean(text);
  if (told.size() > k_quote_limit) told = base::to_valid_utf8("…\n" + told.substr(told.size() - k_quote_limit));
  for (const std::string& line : base::lines_of(told))
    body += "    " + visible(base::shorten(line, k_line_limit)) + "\n";
  say(sys::Level::info, title);
  if (body.empty()) return;
  if (!look_.actions) return write_(body);
  std::array<unsigned char, 16> bytes{};
  random_.fill(bytes);
  const std::string token = base::to_hex(bytes);
  write_("::stop-commands::" + token + "\n" + body + "::" + token + "::\n");
}

}  // namespace sentimark::runner
