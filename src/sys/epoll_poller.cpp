#include "sys/epoll_poller.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "sys/posix_network.hpp"

namespace sentimark::sys {

EpollPoller::EpollPoller(Clock& clock, int wake_descriptor)
    : clock_(clock), wake_(wake_descriptor), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

EpollPoller::~EpollPoller() {
  if (epoll_ >= 0) ::close(epoll_);
}

base::Result<std::unique_ptr<ByteStream>> EpollPoller::start(const std::string& address, std::uint16_t port,
                                                             std::uint64_t id) {
  SENTIMARK_LET(started, start_tcp(clock_, address, port));
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = id;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, started.descriptor, &event) != 0)
    return base::fail(base::Outcome::internal, std::string("cannot watch a connection: ") + std::strerror(errno));
  return std::move(started.stream);
}

// Few at a time, so that what is due meanwhile is not late.
bool EpollPoller::take(std::vector<Event>& into) const {
  std::array<epoll_event, 64> events{};
  const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
  for (int at = 0; at < count; ++at) {
    const epoll_event& event = events[static_cast<std::size_t>(at)];
    into.push_back({event.data.u64, (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0});
  }
  return count > 0;
}

// epoll_wait knows milliseconds only, ppoll nanoseconds.
void EpollPoller::wait(std::uint64_t until, const Stop& stop, std::vector<Event>& into) {
  if (take(into) || stop.requested()) return;
  const std::uint64_t now = clock_.micros();
  if (until <= now) return;
  const std::uint64_t left = until - now;
  const timespec span{static_cast<time_t>(left / 1'000'000), static_cast<long>(left % 1'000'000 * 1000)};
  pollfd both[] = {{epoll_, POLLIN, 0}, {wake_, POLLIN, 0}};  // a negative descriptor is ignored
  if (::ppoll(both, 2, &span, nullptr) > 0) (void)take(into);
}

}  // namespace sentimark::sys
