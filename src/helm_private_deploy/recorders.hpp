// Recorders: what a run said and what it asked, kept beside what happens anyway, for a debug bundle.
#pragma once
#include <string>

#include "json/value.hpp"
#include "sys/clock.hpp"
#include "sys/http.hpp"
#include "sys/log.hpp"
#include "sys/secrets.hpp"

namespace sentimark::helm_private_deploy {

// One JSON object a line, at most `k_most` bytes; what does not fit is counted, the beginning is kept.
class Lines {
 public:
  static constexpr std::size_t k_most = 1'000'000;
  void add(const json::Value& line);
  // With a last line {"leftOut": N} where lines were left out.
  std::string text() const;

 private:
  std::string text_;
  std::int64_t left_out_ = 0;
};

// {"time", "level", "text"} of each line, redacted, debug lines included, whether or not they are shown.
class LogRecorder final : public sys::Log {
 public:
  LogRecorder(sys::Log& log, sys::Clock& clock, const sys::Secrets& secrets)
      : log_(log), clock_(clock), secrets_(secrets) {}
  void say(sys::Level level, std::string_view text) override;
  void point(sys::Level level, const sys::SourcePlace& place, std::string_view text) override;
  void quote(std::string_view title, std::string_view text) override;
  std::string text() const { return lines_.text(); }

 private:
  void keep(std::string_view level, std::string_view text);
  sys::Log& log_;
  sys::Clock& clock_;
  const sys::Secrets& secrets_;
  Lines lines_;
};

// {"time", "ms", "method", "url", "status" or "error", "clientRequestId", "correlationRequestId", "requestId"} of each
// request: no query, no other header, no body.
class HttpRecorder final : public sys::Http {
 public:
  HttpRecorder(sys::Http& http, sys::Clock& clock) : http_(http), clock_(clock) {}
  base::Result<sys::Response> send(const sys::Request& request, const sys::Stop& stop) override;
  std::string text() const { return lines_.text(); }

 private:
  sys::Http& http_;
  sys::Clock& clock_;
  Lines lines_;
};

}  // namespace sentimark::helm_private_deploy
