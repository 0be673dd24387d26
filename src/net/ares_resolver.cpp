#include "net/ares_resolver.hpp"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>

#include <algorithm>
#include <array>

namespace sentimark::net {
namespace {

struct Answer {
  bool here = false;
  int status = ARES_SUCCESS;
  std::vector<std::string> addresses;
};

void keep(void* into, int status, int, ares_addrinfo* list) {
  Answer& answer = *static_cast<Answer*>(into);
  answer.here = true;
  answer.status = status;
  if (list == nullptr) return;
  for (const ares_addrinfo_node* node = list->nodes; node != nullptr; node = node->ai_next) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* bytes = &reinterpret_cast<const sockaddr_in6*>(node->ai_addr)->sin6_addr;
    if (node->ai_family == AF_INET) bytes = &reinterpret_cast<const sockaddr_in*>(node->ai_addr)->sin_addr;
    if (::inet_ntop(node->ai_family, bytes, text.data(), text.size()) != nullptr)
      answer.addresses.emplace_back(text.data());
  }
  ares_freeaddrinfo(list);
}

struct Channel {
  ares_channel handle = nullptr;
  ~Channel() {
    if (handle != nullptr) ares_destroy(handle);
  }
};

// What c-ares itself wants to be woken for, and a stop.
void wait(ares_channel channel, int wake, base::Millis left) {
  std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
  const unsigned wanted = static_cast<unsigned>(ares_getsock(channel, sockets.data(), ARES_GETSOCK_MAXNUM));
  std::vector<pollfd> all{{wake, POLLIN, 0}};
  for (unsigned at = 0; at < ARES_GETSOCK_MAXNUM; ++at) {
    short events = 0;
    if ((wanted & (1U << at)) != 0) events |= POLLIN;
    if ((wanted & (1U << (at + ARES_GETSOCK_MAXNUM))) != 0) events |= POLLOUT;
    if (events != 0) all.push_back({sockets[at], events, 0});
  }
  timeval longest{std::min<base::Millis::rep>(left.count(), 60'000) / 1000, left.count() % 1000 * 1000};
  timeval chosen{};
  const timeval* const until = ares_timeout(channel, &longest, &chosen);
  (void)::poll(all.data(), all.size(), static_cast<int>(until->tv_sec * 1000 + (until->tv_usec + 999) / 1000));
  bool any = false;
  for (std::size_t at = 1; at < all.size(); ++at) {
    if (all[at].revents == 0) continue;
    any = true;
    ares_process_fd(channel, (all[at].events & POLLIN) != 0 ? all[at].fd : ARES_SOCKET_BAD,
                    (all[at].events & POLLOUT) != 0 ? all[at].fd : ARES_SOCKET_BAD);
  }
  if (!any) ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // its own time-outs
}

}  // namespace

base::Result<std::vector<std::string>> AresResolver::resolve(const std::string& host, base::Instant deadline,
                                                             const sys::Stop& stop) {
  const std::string what = "cannot find an address for " + host;
  Answer answer;
  Channel channel;
  if (const int status = ares_init(&channel.handle); status != ARES_SUCCESS)
    return base::fail(base::Outcome::network, what + ": " + ares_strerror(status), {}, "name");
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  ares_getaddrinfo(channel.handle, host.c_str(), nullptr, &hints, keep, &answer);
  while (!answer.here) {
    if (stop.requested()) return base::fail(base::Outcome::interrupted, "stopped while looking for " + host);
    const base::Millis left = deadline - clock_.monotonic();
    if (left <= base::Millis{0})
      return base::fail(base::Outcome::timeout, what + ": no name server answered in time", {}, "timeout");
    wait(channel.handle, wake_, left);
  }
  if (answer.status != ARES_SUCCESS || answer.addresses.empty()) {
    return base::fail(base::Outcome::network,
                      what + ": " + (answer.status == ARES_SUCCESS ? "it has none" : ares_strerror(answer.status)), {},
                      "name");
  }
  return std::move(answer.addresses);
}

}  // namespace sentimark::net
