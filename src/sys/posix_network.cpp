#include "sys/posix_network.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace sentimark::sys {
namespace {

using base::Outcome;

constexpr base::Millis k_next_address_after{250};

base::Error timed_out(std::string what) { return base::fail(Outcome::timeout, std::move(what), {}, "timeout"); }
base::Error interrupted() { return base::fail(Outcome::interrupted, "stopped while waiting for the network"); }

struct Socket {
  int descriptor = -1;
  Socket() = default;
  explicit Socket(int number) : descriptor(number) {}
  Socket(Socket&& other) noexcept : descriptor(std::exchange(other.descriptor, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor, other.descriptor);
    return *this;
  }
  ~Socket() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

int poll_time(base::Millis left) { return static_cast<int>(std::clamp<base::Millis::rep>(left.count(), 0, 60'000)); }

base::Error failure(int number, const std::string& what) {
  const bool refused = number == ECONNREFUSED;
  const bool reset = number == ECONNRESET || number == EPIPE;
  return base::fail(Outcome::network, what + ": " + std::strerror(number), {},
                    refused ? "refused" : (reset ? "reset" : "unreachable"));
}

class TcpStream final : public ByteStream {
 public:
  TcpStream(Clock& clock, int wake, Socket socket, std::string peer)
      : clock_(clock), wake_(wake), socket_(std::move(socket)), peer_(std::move(peer)) {}

  base::Result<std::size_t> read(std::span<char> into, base::Instant deadline, const Stop& stop) override {
    for (;;) {
      const ssize_t count = ::recv(socket_.descriptor, into.data(), into.size(), 0);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) return failure(errno, "the connection broke");
      SENTIMARK_TRY(wait(POLLIN, deadline, stop));
    }
  }

  base::Result<std::size_t> write_some(std::string_view bytes, base::Instant deadline, const Stop& stop) override {
    for (;;) {
      const ssize_t count = ::send(socket_.descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) return failure(errno, "the connection broke");
      SENTIMARK_TRY(wait(POLLOUT, deadline, stop));
    }
  }

  std::string peer() const override { return peer_; }

 private:
  base::Done wait(short events, base::Instant deadline, const Stop& stop) {
    for (;;) {
      if (stop.requested()) return interrupted();
      const base::Millis left = deadline - clock_.monotonic();
      if (left <= base::Millis{0}) return timed_out("the other side was silent until the time was over");
      pollfd both[] = {{socket_.descriptor, events, 0}, {wake_, POLLIN, 0}};  // a negative descriptor is ignored
      (void)::poll(both, 2, poll_time(left));
      if (both[0].revents != 0) return {};
    }
  }

  Clock& clock_;
  int wake_;
  Socket socket_;
  std::string peer_;
};

struct Attempt {
  Socket socket;
  std::string address;
};

// A connect under way; none with the errno when it failed at once.
std::optional<Attempt> start(const std::string& address, std::uint16_t port, int& number) {
  sockaddr_storage storage{};
  socklen_t size = 0;
  auto* const four = reinterpret_cast<sockaddr_in*>(&storage);
  auto* const six = reinterpret_cast<sockaddr_in6*>(&storage);
  if (::inet_pton(AF_INET, address.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    size = sizeof(sockaddr_in);
  } else if (::inet_pton(AF_INET6, address.c_str(), &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    size = sizeof(sockaddr_in6);
  } else {
    number = EINVAL;
    return std::nullopt;
  }
  Attempt attempt{Socket(::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), address};
  const int on = 1;
  // A request is one write: waiting to fill a packet only costs time.
  (void)::setsockopt(attempt.socket.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const bool under_way =
      attempt.socket.descriptor >= 0 &&
      (::connect(attempt.socket.descriptor, reinterpret_cast<sockaddr*>(&storage), size) == 0 || errno == EINPROGRESS);
  if (under_way) return attempt;
  number = errno;
  return std::nullopt;
}

bool is_numeric(const std::string& host) {
  in6_addr bytes{};
  return ::inet_pton(AF_INET, host.c_str(), &bytes) == 1 || ::inet_pton(AF_INET6, host.c_str(), &bytes) == 1;
}

}  // namespace

base::Result<StartedTcp> start_tcp(Clock& clock, const std::string& address, std::uint16_t port) {
  int number = 0;
  auto attempt = start(address, port, number);
  if (!attempt) return failure(number, "cannot connect to " + address + " port " + std::to_string(port));
  const int descriptor = attempt->socket.descriptor;
  return StartedTcp{std::make_unique<TcpStream>(clock, -1, std::move(attempt->socket), address), descriptor};
}

base::Result<std::unique_ptr<ByteStream>> PosixNetwork::connect(const std::string& host, std::uint16_t port,
                                                                base::Instant deadline, const Stop& stop) {
  std::vector<std::string> addresses{host};
  if (!is_numeric(host)) {
    SENTIMARK_LET(found, resolver_.resolve(host, deadline, stop));
    addresses = std::move(found);
  }
  const std::string what = "cannot connect to " + host + " port " + std::to_string(port);
  std::vector<Attempt> attempts;
  std::size_t next = 0;
  base::Instant next_at = clock_.monotonic();
  int number = ETIMEDOUT;
  for (;;) {
    if (stop.requested()) return interrupted();
    const base::Instant now = clock_.monotonic();
    if (now >= deadline) return timed_out(what + ": no answer until the time was over");
    if (next < addresses.size() && now >= next_at) {
      next_at = now + k_next_address_after;
      if (auto attempt = start(addresses[next++], port, number)) {
        attempts.push_back(std::move(*attempt));
      } else {
        next_at = now;
      }
      continue;
    }
    if (attempts.empty() && next == addresses.size()) return failure(number, what);
    std::vector<pollfd> all{{wake_, POLLIN, 0}};
    for (const Attempt& attempt : attempts) all.push_back({attempt.socket.descriptor, POLLOUT, 0});
    const base::Instant until = next < addresses.size() ? std::min(next_at, deadline) : deadline;
    (void)::poll(all.data(), all.size(), poll_time(until - now));
    for (std::size_t at = attempts.size(); at-- > 0;) {
      if (all[at + 1].revents == 0) continue;
      int error = 0;
      socklen_t size = sizeof error;
      (void)::getsockopt(attempts[at].socket.descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error == 0) {
        return std::unique_ptr<ByteStream>(std::make_unique<TcpStream>(clock_, wake_, std::move(attempts[at].socket),
                                                                       std::move(attempts[at].address)));
      }
      number = error;
      attempts.erase(attempts.begin() + static_cast<std::ptrdiff_t>(at));
      next_at = clock_.monotonic();
    }
  }
}

}  // namespace sentimark::sys
