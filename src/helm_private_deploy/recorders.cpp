#include "helm_private_deploy/recorders.hpp"

#include <array>

#include "json/text.hpp"
#include "net/url.hpp"

namespace sentimark::helm_private_deploy {
namespace {

constexpr std::array<std::string_view, 5> k_levels{"debug", "info", "notice", "warning", "error"};

std::string header_of(const sys::Request& request, std::string_view name) {
  for (const sys::Header& header : request.headers) {
    if (base::equals_ignoring_case(header.first, name)) return header.second;
  }
  return {};
}

}  // namespace

void Lines::add(const json::Value& line) {
  const std::string text = json::to_text(line) + "\n";
  if (left_out_ > 0 || text_.size() + text.size() > k_most) {
    ++left_out_;
  } else {
    text_ += text;
  }
}

std::string Lines::text() const {
  return left_out_ == 0 ? text_ : text_ + json::to_text(json::Object{{"leftOut", left_out_}}) + "\n";
}

void LogRecorder::keep(std::string_view level, std::string_view text) {
  lines_.add(
      json::Object{{"time", base::to_rfc3339(clock_.wall())}, {"level", level}, {"text", secrets_.redact(text)}});
}

void LogRecorder::say(sys::Level level, std::string_view text) {
  keep(k_levels[static_cast<std::size_t>(level)], text);
  log_.say(level, text);
}

void LogRecorder::point(sys::Level level, const sys::SourcePlace& place, std::string_view text) {
  keep(k_levels[static_cast<std::size_t>(level)],
       place.file + ":" + std::to_string(place.line) + ": " + std::string(text));
  log_.point(level, place, text);
}

void LogRecorder::quote(std::string_view title, std::string_view text) {
  keep("quote", std::string(title) + "\n" + std::string(text));
  log_.quote(title, text);
}

base::Result<sys::Response> HttpRecorder::send(const sys::Request& request, const sys::Stop& stop) {
  const std::string time = base::to_rfc3339(clock_.wall());
  const base::Instant began = clock_.monotonic();
  auto response = http_.send(request, stop);
  json::Value line = json::Object{{"time", time},
                                  {"ms", (clock_.monotonic() - began).count()},
                                  {"method", request.method},
                                  {"url", net::shown_url(request.url)}};
  if (response) {
    line.set("status", response->status);
  } else {
    line.set("error", response.error().sentence());
  }
  line.set("clientRequestId", header_of(request, "x-ms-client-request-id"));
  line.set("correlationRequestId", header_of(request, "x-ms-correlation-request-id"));
  line.set("requestId", response ? response->header("x-ms-request-id") : std::string());
  lines_.add(line);
  return response;
}

}  // namespace sentimark::helm_private_deploy
