// Log: the story of a run for people, on standard error or in the Actions log.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace sentimark::sys {

enum class Level { debug, info, notice, warning, error };

// A place in a file of the user's.
struct SourcePlace {
  std::string file;
  std::uint32_t line = 0;    // from 1; 0: the file as a whole
  std::uint32_t column = 0;  // from 1; 0: the line as a whole
};

// Implementations redact every text, and end each with a line break.
class Log {
 public:
  virtual ~Log() = default;
  virtual void say(Level level, std::string_view text) = 0;  // our own words
  // What a server or a child printed: data, shown so that it can command nothing.
  virtual void quote(std::string_view title, std::string_view text) = 0;
  // Our own words about a place; where a reader can be led there, they are shown there.
  virtual void point(Level level, const SourcePlace& place, std::string_view text) {
    std::string where = place.file;
    if (place.line > 0) where += ":" + std::to_string(place.line);
    if (place.line > 0 && place.column > 0) where += ":" + std::to_string(place.column);
    say(level, where + ": " + std::string(text));
  }

  void debug(std::string_view text) { say(Level::debug, text); }
  void info(std::string_view text) { say(Level::info, text); }
  void notice(std::string_view text) { say(Level::notice, text); }
  void warning(std::string_view text) { say(Level::warning, text); }
  void error(std::string_view text) { say(Level::error, text); }
};

}  // namespace sentimark::sys
