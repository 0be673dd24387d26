#include "http1/client.hpp"

#include <array>

#include "base/text.hpp"
#include "http1/parser.hpp"

namespace sentimark::http1 {
namespace {

std::string hex_size(std::size_t size) {
  std::string digits;
  for (; size > 0; size /= 16) digits.insert(digits.begin(), "0123456789abcdef"[size % 16]);
  return digits;
}

}  // namespace

base::Result<std::string> to_bytes(const Request& request) {
  const auto refuse = [](std::string why) { return base::fail(base::Outcome::usage, std::move(why)); };
  if (!is_token(request.method)) return refuse("a method is letters only");
  std::string head = request.method + " " + request.url.target + " HTTP/1.1\r\n";
  if (find_header(request.headers, "host") == nullptr) head += "Host: " + request.url.authority() + "\r\n";
  bool chunked = false;
  const std::string length = std::to_string(request.body.size());
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) return refuse("the header name '" + base::shorten(name, 80) + "' may not be sent");
    if (!is_field_value(value)) return refuse("the value of the header " + name + " holds control characters");
    // Two lengths of one message are how requests are smuggled: what is told is what is sent.
    if (base::equals_ignoring_case(name, "content-length")) {
      if (value != length) return refuse("the header Content-Length is not the body's length, " + length);
      continue;
    }
    if (base::equals_ignoring_case(name, "transfer-encoding")) {
      if (!base::equals_ignoring_case(value, "chunked"))
        return refuse("only the Transfer-Encoding chunked can be sent");
      chunked = true;
    }
    head += name + ":" + (value.empty() ? "" : " ") + value + "\r\n";
  }
  const bool told = find_header(request.headers, "content-length") != nullptr;
  if (chunked && told) return refuse("a request has Content-Length or Transfer-Encoding, never both");
  if (!chunked && (told || !request.body.empty())) head += "Content-Length: " + length + "\r\n";
  head += "\r\n";
  if (!chunked) return head + request.body;
  if (!request.body.empty()) head += hex_size(request.body.size()) + "\r\n" + request.body + "\r\n";
  return head + "0\r\n\r\n";
}

base::Result<Exchange> Client::send(const Request& request, const Way& way, const sys::Stop& stop) {
  SENTIMARK_LET(bytes, to_bytes(request));
  const base::Instant start = clock_.monotonic();
  const bool harmless = request.method == "GET" || request.method == "HEAD";
  const std::string key = (request.url.secure ? "https " : "http ") + request.url.authority() + " " + way.host + " " +
                          std::to_string(way.port) + (way.verify ? "" : " unverified");
  std::optional<Connection> connection = std::move(kept_);
  kept_.reset();
  bool used = connection && harmless && connection->key == key && is_idle(*connection, stop);
  for (;;) {
    if (!used) {
      SENTIMARK_LET(fresh, connect(request, way, key, stop));
      connection = std::move(fresh);
    }
    bool begun = false;
    bool again = false;
    auto response = exchange(*connection, bytes, request.method == "HEAD", way.deadline, stop, begun, again);
    if (!response && used && !begun && response.error().kind != base::Outcome::timeout) {
      used = false;  // it was closed just then: nothing has been answered, and GET and HEAD may be sent twice
      continue;
    }
    if (!response) return std::move(response).error();
    Exchange done{std::move(response).value(), connection->stream->peer(), clock_.monotonic() - start,
                  connection->certificate};
    if (again) kept_ = std::move(connection);
    return done;
  }
}

base::Result<Client::Connection> Client::connect(const Request& request, const Way& way, std::string key,
                                                 const sys::Stop& stop) {
  const Url& url = request.url;
  const std::string& host = way.host.empty() ? url.host : way.host;
  SENTIMARK_LET(stream, network_.connect(host, way.port == 0 ? url.port : way.port, way.deadline, stop));
  if (!url.secure) return Connection{std::move(key), std::move(stream), {}};
  if (!roots_) {
    SENTIMARK_LET(roots, find_roots_());
    roots_ = std::move(roots);
  }
  SENTIMARK_LET(tls, start_tls(std::move(stream), *roots_, {url.host, way.verify}, way.deadline, stop));
  Connection connection{std::move(key), nullptr, tls->certificate()};
  connection.stream = std::move(tls);
  return connection;
}

// Nothing may have come since the last answer: neither its end nor bytes that would be read as the next answer.
bool Client::is_idle(Connection& connection, const sys::Stop& stop) {
  std::array<char, 1> byte{};
  const auto got = connection.stream->read(byte, clock_.monotonic(), stop);
  return !got && got.error().kind == base::Outcome::timeout;
}

base::Result<Response> Client::exchange(Connection& connection, const std::string& bytes, bool to_head,
                                        base::Instant deadline, const sys::Stop& stop, bool& begun, bool& again) {
  // A server may answer and close before it has read all: its answer counts, not the write that failed.
  const base::Done written = connection.stream->write(bytes, deadline, stop);
  if (!written && written.error().code != "reset") return written.error();
  ResponseParser parser(to_head, limits_);
  std::array<char, 16'384> buffer{};
  while (!parser.complete()) {
    const auto got = connection.stream->read(buffer, deadline, stop);
    if (!got) {
      if (!written) return written.error();
      if (got.error().kind != base::Outcome::timeout) return got.error();
      base::Error error = got.error();
      error.what = parser.begun() ? "the server's answer did not end in time" : "the server did not answer in time";
      return error;
    }
    if (*got == 0) {
      SENTIMARK_TRY(parser.end());
      break;
    }
    SENTIMARK_LET(taken, parser.feed({buffer.data(), *got}));
    begun = parser.begun();
    again = parser.complete() && parser.keeps_alive() && taken == *got && written.ok();
  }
  return parser.take();
}

}  // namespace sentimark::http1
