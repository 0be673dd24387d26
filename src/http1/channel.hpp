// Channel: one connection that is never waited for: requests one after the other, each answered when it is answered.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "http1/parser.hpp"
#include "http1/tls.hpp"

namespace sentimark::http1 {

class Channel {
 public:
  Channel(std::unique_ptr<sys::ByteStream> stream, Limits limits) : stream_(std::move(stream)), limits_(limits) {}
  Channel(std::unique_ptr<TlsStream> stream, Limits limits)
      : tls_(stream.get()), stream_(std::move(stream)), limits_(limits) {}

  // Sends as much of a request (to_bytes) as goes without waiting; a new TLS connection begins in go_on. Errors: as
  // there.
  base::Done start(std::string bytes, bool to_head, const sys::Stop& stop);
  // Something has happened on the connection: the response once it is complete, nothing before. Errors: those of the
  // stream, of the handshake and of ResponseParser.
  base::Result<std::optional<Response>> go_on(bool ended, const sys::Stop& stop);

  bool begun() const { return parser_ && parser_->begun(); }  // a first byte of the answer has come
  bool reusable() const { return reusable_; }
  bool still_idle(const sys::Stop& stop);  // between two requests: nothing has come that nobody asked for
  const std::string& sent() const { return bytes_; }
  std::string peer() const { return stream_->peer(); }
  std::optional<Certificate> certificate() const { return tls_ == nullptr ? std::nullopt : tls_->certificate(); }

 private:
  base::Result<bool> send(const sys::Stop& stop);
  TlsStream* tls_ = nullptr;
  std::unique_ptr<sys::ByteStream> stream_;
  Limits limits_;
  std::string bytes_;
  std::size_t gone_ = 0;  // of them
  std::optional<base::Error> unsent_;
  std::optional<ResponseParser> parser_;
  bool shaken_ = false;
  bool reusable_ = false;
};

}  // namespace sentimark::http1
