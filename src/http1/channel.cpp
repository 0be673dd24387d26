#include "http1/channel.hpp"

#include <array>

namespace sentimark::http1 {
namespace {

constexpr base::Instant k_at_once{};  // a deadline that has passed: takes what is there, and does not wait

bool is_silence(const base::Error& error) { return error.kind == base::Outcome::timeout; }

}  // namespace

base::Done Channel::start(std::string bytes, bool to_head, const sys::Stop& stop) {
  bytes_ = std::move(bytes);
  gone_ = 0;
  unsent_.reset();
  parser_.emplace(to_head, limits_);
  reusable_ = false;
  // The handshake needs a connection that stands: the first event says so.
  if (tls_ != nullptr && !shaken_) return {};
  SENTIMARK_TRY(send(stop));
  return {};
}

// Whether all has gone, or nothing more will. A server may answer and close before it has read all: its answer counts.
base::Result<bool> Channel::send(const sys::Stop& stop) {
  if (tls_ != nullptr && !shaken_) {
    const base::Done done = tls_->shake_hands(k_at_once, stop);
    if (!done && is_silence(done.error())) return false;
    if (!done) return done.error();
    shaken_ = true;
  }
  while (gone_ < bytes_.size() && !unsent_) {
    const auto count = stream_->write_some(std::string_view(bytes_).substr(gone_), k_at_once, stop);
    if (count) {
      gone_ += *count;
    } else if (count.error().code == "reset") {
      unsent_ = count.error();
    } else if (is_silence(count.error())) {
      return gone_ > 0;
    } else {
      return count.error();
    }
  }
  return true;
}

base::Result<std::optional<Response>> Channel::go_on(bool ended, const sys::Stop& stop) {
  SENTIMARK_LET(may_read, send(stop));
  if (!may_read) return std::optional<Response>();
  std::array<char, 16'384> buffer;
  for (;;) {
    const auto got = stream_->read(buffer, k_at_once, stop);
    if (!got && is_silence(got.error())) return std::optional<Response>();
    if (!got) return unsent_ ? *unsent_ : got.error();
    if (*got == 0) {
      SENTIMARK_TRY(parser_->end());
      return std::optional(parser_->take());
    }
    SENTIMARK_LET(taken, parser_->feed({buffer.data(), *got}));
    if (parser_->complete()) {
      reusable_ = parser_->keeps_alive() && taken == *got && gone_ == bytes_.size() && !ended;
      return std::optional(parser_->take());
    }
    // Less than was asked for is all there was; an end, or TLS, may hold more.
    if (tls_ == nullptr && !ended && *got < buffer.size()) return std::optional<Response>();
  }
}

bool Channel::still_idle(const sys::Stop& stop) {
  std::array<char, 1> byte{};
  const auto got = stream_->read(byte, k_at_once, stop);
  return !got && is_silence(got.error());
}

}  // namespace sentimark::http1
