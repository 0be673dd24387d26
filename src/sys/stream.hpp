// ByteStream: bytes both ways between this process and one peer. Network: how one is opened. Resolver: names to
// addresses.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "sys/stop.hpp"

namespace sentimark::sys {

// Errors of all three: network with code "name" (no address), "refused", "unreachable" or "reset"; timeout with code
// "timeout"; interrupted. A deadline that has passed still takes what is there already.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // How many bytes were put into `into`, at least one; 0: the peer has ended its side.
  virtual base::Result<std::size_t> read(std::span<char> into, base::Instant deadline, const Stop& stop) = 0;
  // How many of the bytes were taken, at least one. After a timeout the same bytes have to be offered again.
  virtual base::Result<std::size_t> write_some(std::string_view bytes, base::Instant deadline, const Stop& stop) = 0;
  base::Done write(std::string_view bytes, base::Instant deadline, const Stop& stop) {  // all of them
    while (!bytes.empty()) {
      SENTIMARK_LET(count, write_some(bytes, deadline, stop));
      bytes.remove_prefix(count);
    }
    return {};
  }
  virtual std::string peer() const = 0;  // its numeric address, without the port
};

class Resolver {
 public:
  virtual ~Resolver() = default;
  // Numeric addresses in the order in which they should be tried, at least one.
  virtual base::Result<std::vector<std::string>> resolve(const std::string& host, base::Instant deadline,
                                                         const Stop& stop) = 0;
};

class Network {
 public:
  virtual ~Network() = default;
  // `host` is a name or a numeric address without brackets.
  virtual base::Result<std::unique_ptr<ByteStream>> connect(const std::string& host, std::uint16_t port,
                                                            base::Instant deadline, const Stop& stop) = 0;
};

}  // namespace sentimark::sys
