// AresResolver: names by c-ares, the resolver that libcurl uses here too: /etc/hosts and DNS as the machine says.
#pragma once
#include "sys/clock.hpp"
#include "sys/stream.hpp"

namespace sentimark::net {

class AresResolver final : public sys::Resolver {
 public:
  // `wake_descriptor` becomes readable when a stop is requested; -1 when nothing can request one.
  AresResolver(sys::Clock& clock, int wake_descriptor) : clock_(clock), wake_(wake_descriptor) {}

  base::Result<std::vector<std::string>> resolve(const std::string& host, base::Instant deadline,
                                                 const sys::Stop& stop) override;

 private:
  sys::Clock& clock_;
  int wake_;
};

}  // namespace sentimark::net
