// Pool: connections that wait for the next request to the same place, and the addresses of those places.
#pragma once
#include <map>
#include <memory>
#include <unordered_map>

#include "http1/channel.hpp"
#include "load/engine.hpp"

namespace sentimark::load {

struct Connection {
  std::uint64_t id = 0;
  std::string key;  // what it is good for
  http1::Channel channel;
  bool used = false;        // has answered before
  std::size_t address = 0;  // of the host's
  void* owner = nullptr;    // nullptr: idle
};

class Pool {
 public:
  Pool(const World& world, http1::Limits limits, std::size_t most) : world_(world), limits_(limits), most_(most) {}

  static std::string key_of(const http1::Request& request, const http1::Way& way);
  // An idle one; nullptr when there is none.
  Connection* take(const std::string& key);
  // A new one under way to the host's `address`, counted from the one that was good last. Errors: those of Resolver,
  // of Poller, and of reading the roots.
  base::Result<Connection*> open(const std::string& key, const http1::Request& request, const http1::Way& way,
                                 std::size_t address);
  std::size_t addresses(const http1::Request& request, const http1::Way& way);  // of the host
  void is_good(const http1::Request& request, const http1::Way& way, std::size_t address);

  Connection* find(std::uint64_t id);
  void give_back(Connection& connection);
  void close(Connection& connection) { connections_.erase(connection.id); }
  std::uint64_t opened() const { return next_; }

 private:
  struct Host {
    std::vector<std::string> addresses;
    std::optional<base::Error> error;
    std::size_t good = 0;
  };
  Host& host_of(const http1::Request& request, const http1::Way& way);
  void make_room();
  const World& world_;
  http1::Limits limits_;
  std::size_t most_;
  std::optional<http1::Roots> roots_;
  std::map<std::string, Host> hosts_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::map<std::string, std::vector<std::uint64_t>> idle_;  // the one that was used last at the end
  std::uint64_t next_ = 0;
};

}  // namespace sentimark::load
