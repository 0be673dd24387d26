// Many connections on loopback. What waits ends by an event or a stop, never by luck. B-18.
#include "sys/epoll_poller.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "fake/stop.hpp"
#include "sys/posix_system.hpp"

using namespace sentimark;

namespace {

struct EpollPoller : testing::Test {
  std::array<int, 2> wake{-1, -1};
  int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  std::uint16_t port = 0;
  sys::PosixClock clock{-1};
  fake::FakeStop stop;
  std::vector<sys::Poller::Event> events;

  EpollPoller() {
    EXPECT_EQ(::pipe(wake.data()), 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port = ntohs(address.sin_port);
  }
  ~EpollPoller() override {
    ::close(listener);
    for (const int end : wake) ::close(end);
  }
  void listen() const { EXPECT_EQ(::listen(listener, 8), 0); }
  std::uint64_t never() { return clock.micros() + 60'000'000; }
  base::Result<std::size_t> write(sys::ByteStream& stream) { return stream.write_some("x", {}, stop); }
};

TEST_F(EpollPoller, tells_of_what_happens_by_the_id_and_only_once) {
  sys::EpollPoller poller(clock, wake[0]);
  listen();
  auto first = poller.start("127.0.0.1", port, 7);
  ASSERT_TRUE(first);
  poller.wait(never(), stop, events);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].id, 7U);
  EXPECT_FALSE(events[0].ended);
  EXPECT_TRUE(write(**first));
  events.clear();
  poller.wait(0, stop, events);
  EXPECT_TRUE(events.empty()) << "it stands: that was told";

  const int peer = ::accept(listener, nullptr, nullptr);
  ASSERT_EQ(::write(peer, "y", 1), 1);
  poller.wait(never(), stop, events);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_FALSE(events[0].ended);
  ::close(peer);
  events.clear();
  poller.wait(never(), stop, events);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_TRUE(events[0].ended);
}

TEST_F(EpollPoller, a_refused_connection_says_so_to_whoever_writes) {
  sys::EpollPoller poller(clock, wake[0]);
  auto stream = poller.start("127.0.0.1", port, 1);
  if (!stream) {  // known at once on some kernels
    EXPECT_EQ(stream.error().code, "refused");
    return;
  }
  poller.wait(never(), stop, events);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_TRUE(events[0].ended);
  const auto count = write(**stream);
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, "refused");
}

TEST_F(EpollPoller, a_stop_ends_the_wait) {
  sys::EpollPoller poller(clock, wake[0]);
  ASSERT_EQ(::write(wake[1], "x", 1), 1);
  poller.wait(clock.micros() + 3'600'000'000, stop, events);
  stop.request(sys::StopKind::interrupt);
  poller.wait(clock.micros() + 3'600'000'000, stop, events);
  EXPECT_TRUE(events.empty());
}

TEST_F(EpollPoller, a_dropped_stream_is_told_of_no_more) {
  sys::EpollPoller poller(clock, wake[0]);
  listen();
  auto stream = poller.start("127.0.0.1", port, 1);
  ASSERT_TRUE(stream);
  stream->reset();
  poller.wait(0, stop, events);
  EXPECT_TRUE(events.empty());
}

TEST_F(EpollPoller, what_is_no_address_is_refused) {
  sys::EpollPoller poller(clock, wake[0]);
  EXPECT_FALSE(poller.start("localhost", port, 1));
}

}  // namespace
