// FakeLog: keeps every line for the test to look at.
#pragma once
#include <algorithm>
#include <vector>

#include "sys/log.hpp"

namespace sentimark::fake {

class FakeLog final : public sys::Log {
 public:
  struct Line {
    sys::Level level;
    std::string text;
  };
  struct Quote {
    std::string title;
    std::string text;
  };

  void say(sys::Level level, std::string_view text) override { lines.push_back({level, std::string(text)}); }
  void quote(std::string_view title, std::string_view text) override {
    quotes.push_back({std::string(title), std::string(text)});
  }

  bool said(std::string_view part) const {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const Line& line) { return line.text.find(part) != std::string::npos; });
  }
  std::size_t count(sys::Level level) const {
    return static_cast<std::size_t>(
        std::count_if(lines.begin(), lines.end(), [&](const Line& line) { return line.level == level; }));
  }

  std::vector<Line> lines;
  std::vector<Quote> quotes;
};

}  // namespace sentimark::fake
