// Client: HTTP/1.1 over streams, TLS where the URL says https. One request, one response: no redirects, no cookies.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "http1/message.hpp"
#include "http1/tls.hpp"
#include "sys/clock.hpp"
#include "sys/stream.hpp"

namespace sentimark::http1 {

// How one exchange is made.
struct Way {
  std::string host;          // where to connect instead of the URL's host; empty: to that
  std::uint16_t port = 0;    // instead of the URL's port; 0: that
  bool verify = true;        // false: any certificate is good enough
  base::Instant deadline{};  // for the whole exchange
};

struct Exchange {
  Response response;
  std::string ip;  // of the server
  base::Millis duration{0};
  std::optional<Certificate> certificate;  // over TLS
};

// One at a time: not for two threads at once. A connection is used again for GET and HEAD alone, because a request on
// one that the server is about to close may be lost and has to be sent again; all others get a connection of their own.
class Client {
 public:
  // `roots` is asked at the first TLS connection: reading them takes longer than a call without TLS.
  Client(sys::Network& network, sys::Clock& clock, std::function<base::Result<Roots>()> roots, Limits limits)
      : network_(network), clock_(clock), find_roots_(std::move(roots)), limits_(limits) {}

  // Errors: those of the stream, of start_tls and of ResponseParser; usage for a method or header that may not be sent.
  base::Result<Exchange> send(const Request& request, const Way& way, const sys::Stop& stop);

 private:
  struct Connection {
    std::string key;  // what it is good for
    std::unique_ptr<sys::ByteStream> stream;
    std::optional<Certificate> certificate;
  };
  base::Result<Connection> connect(const Request& request, const Way& way, std::string key, const sys::Stop& stop);
  bool is_idle(Connection& connection, const sys::Stop& stop);
  base::Result<Response> exchange(Connection& connection, const std::string& bytes, bool to_head,
                                  base::Instant deadline, const sys::Stop& stop, bool& begun, bool& again);

  sys::Network& network_;
  sys::Clock& clock_;
  std::function<base::Result<Roots>()> find_roots_;
  std::optional<Roots> roots_;
  Limits limits_;
  std::optional<Connection> kept_;
};

// The bytes that go out. Content-Length is added where there is a body, unless Transfer-Encoding asks for chunks.
base::Result<std::string> to_bytes(const Request& request);

}  // namespace sentimark::http1
