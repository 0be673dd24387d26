// Real sockets on loopback. What waits ends by a descriptor or a deadline that the test makes, never by luck.
#include "sys/posix_network.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "fake/stop.hpp"
#include "sys/posix_system.hpp"

using namespace sentimark;

namespace {

// A name's addresses, as the test wants them.
class Names final : public sys::Resolver {
 public:
  std::vector<std::string> addresses;
  base::Result<std::vector<std::string>> resolve(const std::string& host, base::Instant, const sys::Stop&) override {
    if (addresses.empty()) return base::fail(base::Outcome::network, "no " + host, {}, "name");
    return addresses;
  }
};

class Listener {
 public:
  Listener() : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(descriptor_, 8), 0);
    EXPECT_EQ(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port = ntohs(address.sin_port);
  }
  ~Listener() { ::close(descriptor_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  int accept() const { return ::accept(descriptor_, nullptr, nullptr); }
  std::uint16_t port = 0;

 private:
  int descriptor_;
};

struct PosixNetwork : testing::Test {
  std::array<int, 2> wake{-1, -1};
  PosixNetwork() { EXPECT_EQ(::pipe(wake.data()), 0); }
  ~PosixNetwork() override {
    for (const int end : wake) ::close(end);
  }
  sys::PosixClock clock{-1};
  Names names;
  fake::FakeStop stop;

  base::Result<std::unique_ptr<sys::ByteStream>> connect(const std::string& host, std::uint16_t port) {
    sys::PosixNetwork network(clock, names, wake[0]);
    return network.connect(host, port, soon(60'000), stop);
  }
  base::Instant soon(int millis) { return clock.monotonic() + base::Millis(millis); }
  void ask_to_stop() {
    stop.request(sys::StopKind::interrupt);
    EXPECT_EQ(::write(wake[1], "x", 1), 1);
  }
};

}  // namespace

TEST_F(PosixNetwork, talks_both_ways_and_hears_the_end) {
  const Listener listener;
  auto stream = connect("127.0.0.1", listener.port);
  ASSERT_TRUE(stream) << stream.error().what;
  const int peer = listener.accept();
  EXPECT_EQ((*stream)->peer(), "127.0.0.1");
  EXPECT_TRUE((*stream)->write("hello", soon(60'000), stop));
  std::array<char, 16> buffer{};
  EXPECT_EQ(::read(peer, buffer.data(), buffer.size()), 5);
  EXPECT_EQ(::write(peer, "hi", 2), 2);
  const auto got = (*stream)->read(buffer, soon(60'000), stop);
  ASSERT_TRUE(got);
  EXPECT_EQ(std::string_view(buffer.data(), *got), "hi");
  ::close(peer);
  EXPECT_EQ(*(*stream)->read(buffer, soon(60'000), stop), 0U);
}

TEST_F(PosixNetwork, a_silent_peer_ends_with_the_deadline_and_loses_nothing) {
  const Listener listener;
  auto stream = connect("127.0.0.1", listener.port);
  ASSERT_TRUE(stream);
  const int peer = listener.accept();
  std::array<char, 16> buffer{};
  EXPECT_EQ((*stream)->read(buffer, clock.monotonic(), stop).error().code, "timeout");
  EXPECT_EQ((*stream)->read(buffer, soon(5), stop).error().kind, base::Outcome::timeout);
  const std::string much(8U << 20U, 'x');  // more than a socket holds: the peer does not read
  EXPECT_EQ((*stream)->write(much, soon(5), stop).error().code, "timeout");
  EXPECT_EQ(::write(peer, "late", 4), 4);
  EXPECT_EQ(*(*stream)->read(buffer, soon(60'000), stop), 4U);
  ::close(peer);
}

TEST_F(PosixNetwork, a_stop_wakes_whoever_waits) {
  const Listener listener;
  auto stream = connect("127.0.0.1", listener.port);
  ASSERT_TRUE(stream);
  ask_to_stop();
  std::array<char, 16> buffer{};
  EXPECT_EQ((*stream)->read(buffer, soon(60'000), stop).error().kind, base::Outcome::interrupted);
  EXPECT_EQ(connect("127.0.0.1", listener.port).error().kind, base::Outcome::interrupted);
}

TEST_F(PosixNetwork, a_reset_and_a_refusal_have_their_names) {
  std::uint16_t free_port = 0;
  {
    const Listener listener;
    free_port = listener.port;
    auto stream = connect("127.0.0.1", listener.port);
    ASSERT_TRUE(stream);
    const int peer = listener.accept();
    const linger now{1, 0};
    EXPECT_EQ(::setsockopt(peer, SOL_SOCKET, SO_LINGER, &now, sizeof now), 0);
    ::close(peer);
    std::array<char, 16> buffer{};
    EXPECT_EQ((*stream)->read(buffer, soon(60'000), stop).error().code, "reset");
  }
  EXPECT_EQ(connect("127.0.0.1", free_port).error().code, "refused");
  EXPECT_EQ(connect("none.test", 80).error().code, "name");
}

TEST_F(PosixNetwork, tries_every_address_of_a_name) {
  const Listener listener;
  names.addresses = {"::1", "127.9.9.9", "127.0.0.1"};  // nobody listens at the first two
  const auto stream = connect("some.test", listener.port);
  ASSERT_TRUE(stream) << stream.error().what;
  EXPECT_EQ((*stream)->peer(), "127.0.0.1");
  names.addresses = {"not an address"};
  EXPECT_EQ(connect("some.test", listener.port).error().code, "unreachable");
}
