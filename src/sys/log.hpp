// Log: the story of a run for people, on standard error or in the Actions log.
#pragma once
#include <string>
#include <string_view>

namespace sentimark::sys {

enum class Level { debug, info, notice, warning, error };

// In a file of the repository; line 0 means that it is not known.
struct Place {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
};

// Implementations redact every text, and end each with a line break.
class Log {
 public:
  virtual ~Log() = default;
  virtual void say(Level level, std::string_view text) = 0;  // our own words
  // The same about a place, which an annotation then stands at.
  virtual void say_at(Level level, const Place& place, std::string_view text) {
    say(level, place.file + (place.line > 0 ? ":" + std::to_string(place.line) : "") + ": " + std::string(text));
  }
  // What a server or a child printed: data, shown so that it can command nothing.
  virtual void quote(std::string_view title, std::string_view text) = 0;

  void debug(std::string_view text) { say(Level::debug, text); }
  void info(std::string_view text) { say(Level::info, text); }
  void notice(std::string_view text) { say(Level::notice, text); }
  void warning(std::string_view text) { say(Level::warning, text); }
  void error(std::string_view text) { say(Level::error, text); }
};

}  // namespace sentimark::sys
