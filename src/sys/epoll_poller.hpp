// Poller by epoll(7), edge-triggered: a connection is registered once for its life.
#pragma once
#include "sys/clock.hpp"
#include "sys/poller.hpp"

namespace sentimark::sys {

class EpollPoller final : public Poller {
 public:
  // `wake_descriptor` becomes readable when a stop is requested; -1 when nothing can request one.
  EpollPoller(Clock& clock, int wake_descriptor);
  ~EpollPoller() override;
  EpollPoller(const EpollPoller&) = delete;
  EpollPoller& operator=(const EpollPoller&) = delete;

  base::Result<std::unique_ptr<ByteStream>> start(const std::string& address, std::uint16_t port,
                                                  std::uint64_t id) override;
  void wait(std::uint64_t until, const Stop& stop, std::vector<Event>& into) override;

 private:
  bool take(std::vector<Event>& into) const;
  Clock& clock_;
  int wake_;
  int epoll_;
};

}  // namespace sentimark::sys
