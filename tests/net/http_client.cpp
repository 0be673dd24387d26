// http_client SCRIPT: sends the requests of a JSON file one after the other through one CurlHttp and prints the answers
// as a JSON array. Standard input is the wake descriptor: a byte on it, or its end, is the request to stop.
#include <poll.h>
#include <unistd.h>

#include <cstdio>

#include "json/text.hpp"
#include "net/curl_http.hpp"
#include "sys/posix_system.hpp"

using namespace sentimark;

namespace {

class InputStop final : public sys::Stop {
 public:
  sys::StopKind kind() const override {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    return ::poll(&input, 1, 0) > 0 ? sys::StopKind::interrupt : sys::StopKind::none;
  }
};

sys::Request request_of(const json::Value& row) {
  sys::Request request;
  if (row.has("method")) request.method = row["method"].string_or_empty();
  request.url = row["url"].string_or_empty();
  for (const json::Value& header : row["headers"].items()) {
    request.headers.emplace_back(header.items().at(0).string_or_empty(), header.items().at(1).string_or_empty());
  }
  request.body = row["body"].string_or_empty() +
                 std::string(static_cast<std::size_t>(row["bodyBytes"].int_or(0)), 'x');  // for large ones
  request.timeout = base::Millis{row["timeoutMs"].int_or(20'000)};
  request.response_limit = static_cast<std::uint64_t>(row["limit"].int_or(8 << 20));
  return request;
}

json::Value told(const base::Result<sys::Response>& answer) {
  json::Value told = json::Value::object();
  if (!answer) {
    told.set("kind", base::row_of(answer.error().kind).word);
    told.set("code", answer.error().code);
    told.set("what", answer.error().sentence());
    told.set("cure", answer.error().cure);
    return told;
  }
  told.set("status", answer->status);
  told.set("body", answer->body);
  json::Value headers = json::Value::array();
  for (const auto& [name, value] : answer->headers) headers.push(json::Array{name, value});
  told.set("headers", std::move(headers));
  return told;
}

int run(const char* path) {
  sys::PosixFiles files;
  const auto text = files.read(path, 1U << 20U);
  const auto script = text ? json::parse(*text) : base::Result<json::Value>(text.error());
  if (!script) {
    std::fprintf(stderr, "%s\n", script.error().sentence().c_str());
    return 2;
  }
  net::CurlOptions options;
  options.trust = {(*script)["file"].string_or_empty(), (*script)["folder"].string_or_empty()};
  options.user_agent = "test/1";
  options.wake_descriptor = STDIN_FILENO;
  if (script->has("connectTimeoutMs")) options.connect_timeout = base::Millis{(*script)["connectTimeoutMs"].int_or(0)};
  if (script->has("stallMs")) options.stall = base::Millis{(*script)["stallMs"].int_or(0)};
  sys::PosixClock clock(STDIN_FILENO);
  net::CurlHttp http(clock, options);
  const InputStop stop;
  json::Value answers = json::Value::array();
  for (const json::Value& row : (*script)["requests"].items()) answers.push(told(http.send(request_of(row), stop)));
  std::printf("%s\n", json::to_text(answers).c_str());
  return 0;
}

}  // namespace

int main(int count, char** arguments) { return count == 2 ? run(arguments[1]) : 2; }
