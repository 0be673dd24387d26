#include "runner/story.hpp"

#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace sentimark::runner {
namespace {

constexpr std::size_t k_quote_limit = 64'000;
constexpr std::size_t k_line_limit = 2'000;

// What a server or a child printed may hold anything: an escape sequence could rewrite what the reader sees.
std::string visible(std::string_view line) {
  std::string shown;
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == '\t' || (byte >= 0x20 && byte != 0x7f)) {
      shown.push_back(c);
    } else {
      shown += "\\x" + base::to_hex(std::array<unsigned char, 1>{byte});
    }
  }
  return shown;
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
  const std::string told = clean(text);
  if (look_.actions && level != sys::Level::info && level != sys::Level::notice) {
    const std::string_view command = level == sys::Level::debug     ? "debug"
                                     : level == sys::Level::warning ? "warning"
                                                                    : "error";
    write_(command_of(command, level == sys::Level::debug ? "" : look_.title, told));
    return;
  }
  const std::string_view rank = level == sys::Level::error     ? "error: "
                                : level == sys::Level::warning ? "warning: "
                                                               : "";
  std::string block;
  for (const std::string& line : base::lines_of(std::string(rank) + told)) {
    std::string shown = visible(base::shorten(line, k_line_limit));
    const std::string_view start = base::trim(shown);
    // The runner takes "::" at the start of a line, and "##[" anywhere, for a command.
    if (look_.actions && start.rfind("::", 0) == 0) shown = "\u200b" + shown;
    if (look_.actions) shown = base::replace_all(std::move(shown), "##[", "# #[");
    const std::string_view colour = look_.colour ? colour_of(level) : std::string_view();
    block += std::string(colour) + shown + (colour.empty() ? "" : "\x1b[0m") + "\n";
  }
  write_(block);
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
