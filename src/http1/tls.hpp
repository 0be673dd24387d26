// TlsStream: TLS 1.2 or 1.3 over another stream, by mbedTLS. A ByteStream like the one below it.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http1/message.hpp"
#include "sys/stream.hpp"

namespace sentimark::http1 {

// The authorities that a client believes; each is read once and may serve any number of connections.
class Roots {
 public:
  // PEM text of any number of certificates; what stands between them is skipped, and so is a certificate that cannot be
  // read. Error: config when not one is left.
  static base::Result<Roots> parse(std::string_view pem);
  static Roots none();  // believes nobody
  struct State;
  const State& state() const { return *state_; }

 private:
  explicit Roots(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

class TlsStream : public sys::ByteStream {
 public:
  virtual const std::optional<Certificate>& certificate() const = 0;
  // What must come before the first byte, over a connection that stands: mbedTLS 3.6 writes its first message again
  // where that could not go. After a timeout it may be called again, and goes on where it stopped.
  virtual base::Done shake_hands(base::Instant deadline, const sys::Stop& stop) = 0;
};

struct TlsOptions {
  std::string host;    // who the certificate must be for: a name, or a numeric address
  bool verify = true;  // false believes any certificate: nothing is proved about who is at the other end
};

// A stream that has not shaken hands yet.
std::unique_ptr<TlsStream> make_tls(std::unique_ptr<sys::ByteStream> below, const Roots& roots, TlsOptions options);

// The same with its handshake. SNI for names, ALPN http/1.1. Errors beside those of the stream: remote with code
// "certificate-unknown-ca", "certificate-self-signed", "certificate-expired", "certificate-not-yet-valid",
// "certificate-wrong-host", "certificate", "http2-only", "tls-version" or "tls". Reading from a peer that left without
// TLS's own farewell is "reset": nobody knows whether more was to come.
base::Result<std::unique_ptr<TlsStream>> start_tls(std::unique_ptr<sys::ByteStream> below, const Roots& roots,
                                                   const TlsOptions& options, base::Instant deadline,
                                                   const sys::Stop& stop);

}  // namespace sentimark::http1
