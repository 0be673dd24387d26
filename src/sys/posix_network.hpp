// TCP by POSIX sockets.
#pragma once
#include "sys/clock.hpp"
#include "sys/stream.hpp"

namespace sentimark::sys {

// A connection under way, for whoever waits for many at once: until it stands, writing says timeout.
struct StartedTcp {
  std::unique_ptr<ByteStream> stream;
  int descriptor = -1;  // the stream's own
};
base::Result<StartedTcp> start_tcp(Clock& clock, const std::string& address, std::uint16_t port);

class PosixNetwork final : public Network {
 public:
  // `wake_descriptor` becomes readable when a stop is requested; -1 when nothing can request one.
  PosixNetwork(Clock& clock, Resolver& resolver, int wake_descriptor)
      : clock_(clock), resolver_(resolver), wake_(wake_descriptor) {}

  // A name's addresses are tried in turn, the next after 250 ms of silence or at once after a refusal (RFC 8305).
  base::Result<std::unique_ptr<ByteStream>> connect(const std::string& host, std::uint16_t port, base::Instant deadline,
                                                    const Stop& stop) override;

 private:
  Clock& clock_;
  Resolver& resolver_;
  int wake_;
};

}  // namespace sentimark::sys
