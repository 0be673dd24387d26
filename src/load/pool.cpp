#include "load/pool.hpp"

namespace sentimark::load {
namespace {

constexpr std::size_t k_most_hosts = 100;
constexpr base::Millis k_resolve{5'000};

std::uint16_t port_of(const http1::Request& request, const http1::Way& way) {
  return way.port == 0 ? request.url.port : way.port;
}

}  // namespace

std::string Pool::key_of(const http1::Request& request, const http1::Way& way) {
  return (request.url.secure ? "https " : "http ") + request.url.authority() + " " + way.host + " " +
         std::to_string(way.port) + (way.verify ? "" : " unverified");
}

Connection* Pool::find(std::uint64_t id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second.get();
}

// Those that were closed while they were idle are no longer found.
Connection* Pool::take(const std::string& key) {
  const auto list = idle_.find(key);
  if (list == idle_.end()) return nullptr;
  while (!list->second.empty()) {
    Connection* const connection = find(list->second.back());
    list->second.pop_back();
    if (connection != nullptr) return connection;
  }
  return nullptr;
}

void Pool::give_back(Connection& connection) {
  connection.owner = nullptr;
  connection.used = true;
  idle_[connection.key].push_back(connection.id);
}

// Whoever opens one is an arrival without one: beyond as many as there may be arrivals, some are idle.
void Pool::make_room() {
  for (auto list = idle_.begin(); list != idle_.end() && connections_.size() >= most_;) {
    if (list->second.empty()) {
      list = idle_.erase(list);
      continue;
    }
    connections_.erase(list->second.front());
    list->second.erase(list->second.begin());
  }
}

Pool::Host& Pool::host_of(const http1::Request& request, const http1::Way& way) {
  const std::string& name = way.host.empty() ? request.url.host : way.host;
  const auto known = hosts_.find(name);
  if (known != hosts_.end()) return known->second;
  if (hosts_.size() >= k_most_hosts) hosts_.erase(hosts_.begin());
  Host host;
  auto found = world_.resolver.resolve(name, world_.clock.monotonic() + k_resolve, world_.stop);
  if (found) {
    host.addresses = std::move(found).value();
  } else {
    host.error = found.error();
  }
  return hosts_.emplace(name, std::move(host)).first->second;
}

std::size_t Pool::addresses(const http1::Request& request, const http1::Way& way) {
  return host_of(request, way).addresses.size();
}

void Pool::is_good(const http1::Request& request, const http1::Way& way, std::size_t address) {
  Host& host = host_of(request, way);
  if (!host.addresses.empty()) host.good = (host.good + address) % host.addresses.size();
}

base::Result<Connection*> Pool::open(const std::string& key, const http1::Request& request, const http1::Way& way,
                                     std::size_t address) {
  if (request.url.secure && !roots_) {
    SENTIMARK_LET(roots, world_.roots());
    roots_ = std::move(roots);
  }
  const Host& host = host_of(request, way);
  if (host.error) return *host.error;
  make_room();
  const std::uint64_t id = next_++;
  SENTIMARK_LET(stream, world_.poller.start(host.addresses[(host.good + address) % host.addresses.size()],
                                            port_of(request, way), id));
  auto made = request.url.secure
                  ? http1::Channel(http1::make_tls(std::move(stream), *roots_, {request.url.host, way.verify}), limits_)
                  : http1::Channel(std::move(stream), limits_);
  auto connection = std::make_unique<Connection>(Connection{id, key, std::move(made), false, address, nullptr});
  return connections_.emplace(id, std::move(connection)).first->second.get();
}

}  // namespace sentimark::load
