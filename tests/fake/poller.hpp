// FakePoller: servers by script for many connections at once, in virtual microseconds.
#pragma once
#include <functional>
#include <map>
#include <utility>

#include "fake/stop.hpp"
#include "sys/clock.hpp"
#include "sys/poller.hpp"

namespace sentimark::fake {

// Virtual time in microseconds, from the same start for both hands.
class MicroClock final : public sys::Clock {
 public:
  base::WallTime wall() override { return {base::Millis{1'767'323'045'000}}; }
  base::Instant monotonic() override { return {base::Millis(static_cast<base::Millis::rep>(now / 1000))}; }
  std::uint64_t micros() override { return now; }
  bool sleep_until(base::Instant, const sys::Stop&) override { return true; }
  std::uint64_t now = 1'000'000'000;
};

struct Reply {
  std::uint64_t after = 1'000;  // microseconds from the request to the answer
  std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  bool ends = false;  // the server closes behind it
  bool never = false;
};

class FakePoller final : public sys::Poller {
 public:
  explicit FakePoller(MicroClock& clock) : clock_(clock) {}

  std::function<Reply(std::size_t request)> reply = [](std::size_t) { return Reply{}; };
  std::function<base::Done(const std::string& address)> reach = [](const std::string&) { return base::Done(); };
  std::function<void()> at_each_wait = [] {};  // something that takes time, say
  std::size_t requests = 0;
  std::size_t opened = 0;
  std::size_t open = 0;
  std::size_t most_open = 0;

  base::Result<std::unique_ptr<sys::ByteStream>> start(const std::string& address, std::uint16_t,
                                                       std::uint64_t id) override {
    if (base::Done reached = reach(address); !reached) return std::move(reached).error();
    ++opened;
    most_open = std::max(most_open, ++open);
    states_[id] = {};
    return std::unique_ptr<sys::ByteStream>(std::make_unique<Stream>(*this, id));
  }

  void wait(std::uint64_t until, const sys::Stop&, std::vector<Event>& into) override {
    at_each_wait();
    const auto next = planned_.begin();
    if (next == planned_.end() || next->first > until) {
      clock_.now = std::max(clock_.now, until);
      return;
    }
    clock_.now = std::max(clock_.now, next->first);
    const auto [id, made] = next->second;
    planned_.erase(next);
    const auto state = states_.find(id);
    if (state == states_.end()) return;
    state->second.ready += made.bytes;
    state->second.ended = made.ends;
    into.push_back({id, made.ends});
  }

 private:
  struct State {
    std::string ready;
    bool ended = false;
  };
  class Stream final : public sys::ByteStream {
   public:
    Stream(FakePoller& poller, std::uint64_t id) : poller_(poller), id_(id) {}
    ~Stream() override {
      poller_.states_.erase(id_);
      --poller_.open;
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    base::Result<std::size_t> read(std::span<char> into, base::Instant, const sys::Stop&) override {
      State& state = poller_.states_[id_];
      if (state.ready.empty() && state.ended) return std::size_t{0};
      if (state.ready.empty()) return base::fail(base::Outcome::timeout, "silence", {}, "timeout");
      const std::size_t count = std::min(into.size(), state.ready.size());
      std::copy_n(state.ready.begin(), count, into.begin());
      state.ready.erase(0, count);
      return count;
    }
    base::Result<std::size_t> write_some(std::string_view bytes, base::Instant, const sys::Stop&) override {
      const Reply made = poller_.reply(poller_.requests++);
      if (!made.never) poller_.planned_.emplace(poller_.clock_.now + made.after, std::pair{id_, made});
      return bytes.size();
    }
    std::string peer() const override { return "192.0.2.1"; }

   private:
    FakePoller& poller_;
    std::uint64_t id_;
  };

  MicroClock& clock_;
  std::map<std::uint64_t, State> states_;
  std::multimap<std::uint64_t, std::pair<std::uint64_t, Reply>> planned_;
};

class FakeResolver final : public sys::Resolver {
 public:
  base::Result<std::vector<std::string>> resolve(const std::string&, base::Instant, const sys::Stop&) override {
    ++asked;
    return addresses;
  }
  std::vector<std::string> addresses{"192.0.2.1"};
  int asked = 0;
};

}  // namespace sentimark::fake
