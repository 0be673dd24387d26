// bench-floor: the least that HTTP load can cost. `bench-floor serve` prints its port and answers every request with
// two bytes; `bench-floor load PORT CONNECTIONS SECONDS` writes the same request and reads its answer on each
// connection for ever, looks at nothing but its length, and prints how many there were. One thread, epoll, read and
// write, nothing else.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view k_request = "GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: floor\r\nAccept: */*\r\n\r\n";
constexpr std::string_view k_answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";

int fail(const char* what) {
  std::perror(what);
  return 1;
}

void watch(int epoll, int socket) {
  const int on = 1;
  (void)::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = socket;
  (void)::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void answer(int socket) {
  std::array<char, 4096> buffer;
  const ssize_t got = ::read(socket, buffer.data(), buffer.size());
  if (got <= 0) {
    (void)::close(socket);
    return;
  }
  // A client sends the next request only behind the answer to the last, in one piece.
  if (std::memcmp(buffer.data() + got - 4, "\r\n\r\n", 4) == 0)
    (void)!::write(socket, k_answer.data(), k_answer.size());
}

int serve() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, plain, size) != 0 || ::listen(listener, 4096) != 0) return fail("bind");
  (void)::getsockname(listener, plain, &size);
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  const int epoll = ::epoll_create1(0);
  watch(epoll, listener);
  std::array<epoll_event, 256> events;
  for (;;) {
    const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int socket = events[static_cast<std::size_t>(i)].data.fd;
      if (socket == listener) {
        watch(epoll, ::accept(listener, nullptr, nullptr));
      } else {
        answer(socket);
      }
    }
  }
}

int load(std::uint16_t port, int connections, int seconds) {
  const int epoll = ::epoll_create1(0);
  const sockaddr_in address = loopback(port);
  for (int i = 0; i < connections; ++i) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return fail("connect");
    watch(epoll, socket);
    (void)!::write(socket, k_request.data(), k_request.size());
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  std::array<epoll_event, 256> events;
  std::array<char, 4096> buffer;
  unsigned long requests = 0;
  while (std::chrono::steady_clock::now() < end) {
    const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 100);
    for (int i = 0; i < count; ++i) {
      const int socket = events[static_cast<std::size_t>(i)].data.fd;
      if (::read(socket, buffer.data(), buffer.size()) != static_cast<ssize_t>(k_answer.size())) return fail("read");
      ++requests;
      (void)!::write(socket, k_request.data(), k_request.size());
    }
  }
  std::printf("%lu\n", requests);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 1 && words[0] == "serve") return serve();
  if (words.size() == 4 && words[0] == "load")
    return load(static_cast<std::uint16_t>(std::atoi(words[1].c_str())), std::atoi(words[2].c_str()),
                std::atoi(words[3].c_str()));
  std::fputs("usage: bench-floor serve | load PORT CONNECTIONS SECONDS\n", stderr);
  return 2;
}
