// Log: the story of a run for people, on standard error or in the Actions log.
#pragma once
#include <string>
#include <string_view>

namespace sentimark::sys {

enum class Level { debug, info, notice, warning, error };

// Implementations redact every text, and end each with a line break.
class Log {
 public:
  virtual ~Log() = default;
  virtual void say(Level level, std::string_view text) = 0;  // our own words
  // What a server or a child printed: data, shown so that it can command nothing.
  virtual void quote(std::string_view title, std::string_view text) = 0;

  void debug(std::string_view text) { say(Level::debug, text); }
  void info(std::string_view text) { say(Level::info, text); }
  void notice(std::string_view text) { say(Level::notice, text); }
  void warning(std::string_view text) { say(Level::warning, text); }
  void error(std::string_view text) { say(Level::error, text); }
};

}  // namespace sentimark::sys
