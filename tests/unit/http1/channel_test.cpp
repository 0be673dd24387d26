// A connection that is never waited for: what is sent and read when, and whether it may be used again. B-18.
#include "http1/channel.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "fake/stop.hpp"

using namespace sentimark;
using http1::Channel;

namespace {

base::Error silence() { return base::fail(base::Outcome::timeout, "silence", {}, "timeout"); }

// The other side by script: what can be read, piece by piece, and how much it takes.
struct Script {
  std::deque<std::string> pieces;  // an empty one: its end
  std::size_t room = 1'000'000;    // for bytes of ours
  std::string taken;
  std::string broken;  // code of the error that writing meets
  int handshakes = 0;
  int silent_handshakes = 0;
};

class Stream final : public http1::TlsStream {
 public:
  explicit Stream(Script& script) : script_(script) {}
  base::Result<std::size_t> read(std::span<char> into, base::Instant, const sys::Stop&) override {
    if (script_.pieces.empty()) return silence();
    std::string& piece = script_.pieces.front();
    const std::size_t count = std::min(piece.size(), into.size());
    std::copy_n(piece.begin(), count, into.begin());
    piece.erase(0, count);
    if (piece.empty()) script_.pieces.pop_front();
    return count;
  }
  base::Result<std::size_t> write_some(std::string_view bytes, base::Instant, const sys::Stop&) override {
    if (!script_.broken.empty()) return base::fail(base::Outcome::network, "broken", {}, script_.broken);
    if (script_.room == 0) return silence();
    const std::size_t count = std::min(bytes.size(), script_.room);
    script_.taken += bytes.substr(0, count);
    script_.room -= count;
    return count;
  }
  base::Done shake_hands(base::Instant, const sys::Stop&) override {
    ++script_.handshakes;
    if (script_.silent_handshakes-- > 0) return silence();
    return {};
  }
  std::string peer() const override { return "192.0.2.1"; }
  const std::optional<http1::Certificate>& certificate() const override { return none_; }

 private:
  Script& script_;
  std::optional<http1::Certificate> none_;
};

struct HttpChannel : testing::Test {
  Script script;
  fake::FakeStop stop;
  Channel plain{std::unique_ptr<sys::ByteStream>(std::make_unique<Stream>(script)), {}};
  Channel secure{std::unique_ptr<http1::TlsStream>(std::make_unique<Stream>(script)), {}};
  std::string body;

  // Whether the answer is complete; the code of the error otherwise.
  std::string go_on(Channel& channel, bool ended = false) {
    auto got = channel.go_on(ended, stop);
    if (!got) return got.error().code;
    if (!*got) return "waits";
    body = (*got)->body;
    return "complete";
  }
};

constexpr const char* k_ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

TEST_F(HttpChannel, an_answer_in_pieces_is_complete_at_its_last_byte) {
  ASSERT_TRUE(plain.start("GET", false, stop));
  EXPECT_EQ(script.taken, "GET");
  script.pieces = {"HTTP/1.1 200 OK\r\nContent-"};
  EXPECT_EQ(go_on(plain), "waits");
  EXPECT_TRUE(plain.begun());
  script.pieces = {"Length: 2\r\n\r\no"};
  EXPECT_EQ(go_on(plain), "waits");
  script.pieces = {"k"};
  EXPECT_EQ(go_on(plain), "complete");
  EXPECT_EQ(body, "ok");
  EXPECT_TRUE(plain.reusable());
}

TEST_F(HttpChannel, a_request_goes_as_there_is_room_for_it) {
  script.room = 0;
  ASSERT_TRUE(plain.start("a long request", false, stop));
  script.room = 6;
  EXPECT_EQ(go_on(plain), "waits");
  EXPECT_EQ(script.taken, "a long");
  script.room = 100;
  EXPECT_EQ(go_on(plain), "waits");
  EXPECT_EQ(script.taken, "a long request");
}

TEST_F(HttpChannel, an_answer_before_the_whole_request_counts_and_ends_the_connection) {
  script.room = 6;
  ASSERT_TRUE(plain.start("a long request", false, stop));
  script.pieces = {"HTTP/1.1 413 X\r\nContent-Length: 0\r\n\r\n"};
  EXPECT_EQ(go_on(plain), "complete");
  EXPECT_FALSE(plain.reusable());
  script.broken = "reset";
  ASSERT_TRUE(plain.start("another", false, stop));
  script.pieces = {k_ok};
  EXPECT_EQ(go_on(plain), "complete");
  EXPECT_FALSE(plain.reusable());
}

TEST_F(HttpChannel, what_breaks_it_has_its_name) {
  script.broken = "refused";
  auto done = plain.start("x", false, stop);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "refused");
  script.broken = "reset";
  ASSERT_TRUE(plain.start("x", false, stop));
  script.pieces = {""};
  EXPECT_NE(go_on(plain), "complete");
}

TEST_F(HttpChannel, a_connection_is_not_used_again_when_it_ended_or_more_came_than_was_asked_for) {
  ASSERT_TRUE(plain.start("x", false, stop));
  script.pieces = {k_ok};
  EXPECT_EQ(go_on(plain, true), "complete");
  EXPECT_FALSE(plain.reusable());
  ASSERT_TRUE(plain.start("x", false, stop));
  script.pieces = {std::string(k_ok) + "HTTP/1.1 200"};
  EXPECT_EQ(go_on(plain), "complete");
  EXPECT_FALSE(plain.reusable());
}

TEST_F(HttpChannel, an_idle_connection_that_says_something_or_ends_is_idle_no_more) {
  EXPECT_TRUE(plain.still_idle(stop));
  script.pieces = {"x"};
  EXPECT_FALSE(plain.still_idle(stop));
  script.pieces = {""};
  EXPECT_FALSE(plain.still_idle(stop));
}

// Written before the connection stands, mbedTLS's ClientHello would go twice.
TEST_F(HttpChannel, tls_begins_with_the_first_event_and_the_request_follows_the_handshake) {
  script.silent_handshakes = 1;
  ASSERT_TRUE(secure.start("GET", false, stop));
  EXPECT_EQ(script.handshakes, 0);
  EXPECT_EQ(go_on(secure), "waits");
  EXPECT_EQ(script.handshakes, 1);
  EXPECT_EQ(script.taken, "");
  EXPECT_EQ(go_on(secure), "waits");
  EXPECT_EQ(script.taken, "GET");
  script.pieces = {k_ok};
  EXPECT_EQ(go_on(secure), "complete");
  ASSERT_TRUE(secure.start("again", false, stop));
  EXPECT_EQ(script.taken, "GETagain");
  EXPECT_EQ(script.handshakes, 2);
}

// TLS may hold more than the socket tells of: its stream is read until it is silent.
TEST_F(HttpChannel, records_of_tls_that_came_together_are_all_read) {
  ASSERT_TRUE(secure.start("GET", false, stop));
  script.pieces = {"HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n\r\n", "ok"};
  EXPECT_EQ(go_on(secure), "complete");
}
