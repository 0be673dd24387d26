// Poller: many connections at once in one thread: each is told of when something has happened on it.
#pragma once
#include <vector>

#include "sys/stream.hpp"

namespace sentimark::sys {

class Poller {
 public:
  struct Event {
    std::uint64_t id = 0;
    bool ended = false;  // the peer has ended its side, or the connection broke
  };
  virtual ~Poller() = default;

  // A connection under way to a numeric address. Whoever reads or writes it gives a deadline that has passed: a timeout
  // means that an event will say when to try again. Closed by dropping the stream.
  virtual base::Result<std::unique_ptr<ByteStream>> start(const std::string& address, std::uint16_t port,
                                                          std::uint64_t id) = 0;

  // Adds what happened since the last call: at once when there is something, else at the latest at `until` of
  // Clock::micros, or when a stop is requested. Each thing that happens is told once, and only some at a time.
  virtual void wait(std::uint64_t until, const Stop& stop, std::vector<Event>& into) = 0;
};

}  // namespace sentimark::sys
