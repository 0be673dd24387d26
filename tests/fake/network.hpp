// FakeNetwork: a server by script: what each connection will say, and what was said to it.
#pragma once
#include <algorithm>
#include <deque>
#include <utility>

#include "fake/clock.hpp"
#include "sys/stream.hpp"

namespace sentimark::fake {

struct Talk {
  std::string says;  // before anything was asked
  enum class Then { ends, resets, hangs } then = Then::hangs;
  // One for each request that is written; only behind the last of them comes `then`.
  std::deque<std::string> answers;
};

class FakeNetwork final : public sys::Network {
 public:
  explicit FakeNetwork(FakeClock& clock) : clock_(clock) {}

  struct Connection {
    std::string host;
    std::uint16_t port = 0;
    std::string received;
    bool closed = false;
  };

  base::Result<std::unique_ptr<sys::ByteStream>> connect(const std::string& host, std::uint16_t port, base::Instant,
                                                         const sys::Stop&) override {
    if (talks.empty()) return base::fail(base::Outcome::network, "nobody listens", {}, "refused");
    Talk talk = std::move(talks.front());
    talks.pop_front();
    connections.push_back(std::make_shared<Connection>(Connection{host, port, {}, false}));
    return std::unique_ptr<sys::ByteStream>(std::make_unique<Stream>(clock_, std::move(talk), connections.back()));
  }

  // Every connection from now on answers one request so and ends.
  void answer(std::string bytes) { talks.push_back(Talk{{}, Talk::Then::ends, {std::move(bytes)}}); }

  std::deque<Talk> talks;  // one for each connection; without one it is refused
  std::vector<std::shared_ptr<Connection>> connections;

 private:
  class Stream final : public sys::ByteStream {
   public:
    Stream(FakeClock& clock, Talk talk, std::shared_ptr<Connection> connection)
        : clock_(clock), talk_(std::move(talk)), connection_(std::move(connection)) {
      ready_ = talk_.says;
    }
    ~Stream() override { connection_->closed = true; }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    base::Result<std::size_t> read(std::span<char> into, base::Instant deadline, const sys::Stop& stop) override {
      if (!ready_.empty()) {
        const std::size_t count = std::min(into.size(), ready_.size());
        std::copy_n(ready_.begin(), count, into.begin());
        ready_.erase(0, count);
        return count;
      }
      const bool more = !talk_.answers.empty();  // for a request that has not come yet
      if (!more && talk_.then == Talk::Then::ends) return std::size_t{0};
      if (!more && talk_.then == Talk::Then::resets) return base::fail(base::Outcome::network, "reset", {}, "reset");
      if (!clock_.sleep_until(deadline, stop)) return base::fail(base::Outcome::interrupted, "stopped");
      return base::fail(base::Outcome::timeout, "silence", {}, "timeout");
    }

    base::Result<std::size_t> write_some(std::string_view bytes, base::Instant, const sys::Stop&) override {
      connection_->received += bytes;
      if (!talk_.answers.empty()) {
        ready_ += talk_.answers.front();
        talk_.answers.pop_front();
      }
      return bytes.size();
    }

    std::string peer() const override { return "192.0.2.1"; }

   private:
    FakeClock& clock_;
    Talk talk_;
    std::shared_ptr<Connection> connection_;
    std::string ready_;
  };

  FakeClock& clock_;
};

}  // namespace sentimark::fake
