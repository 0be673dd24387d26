// The load engine: runs of .hurl files begun when a plan says so, whatever became of those before (the open model), or
// always as many at once as there are users (the closed model). One thread; latency counts from the moment that was
// intended, so that nobody who waited is left out.
#pragma once
#include <functional>
#include <span>

#include "http1/tls.hpp"
#include "hurl/run.hpp"
#include "load/measurement.hpp"
#include "load/plan.hpp"
#include "load/threshold.hpp"
#include "sys/poller.hpp"

namespace sentimark::load {

struct Scenario {
  const hurl::File& file;
  hurl::Files& files;              // that its bodies name
  hurl::Variables variables = {};  // its own, stronger than those of all
};

struct Shape {
  std::vector<Stage> stages;       // of the open model, the warm-up not among them
  std::uint64_t users = 0;         // of the closed model; 0: open
  Micros lasts = 0;                // of the closed model
  Micros warm_up = 0;              // before it, at the rate of the first stage or with the same users; not measured
  std::size_t most_in_flight = 1;  // arrivals at once, and connections: what is due beyond waits, and its time counts
  Micros span() const;             // of all, the warm-up included
};

struct World {
  sys::Poller& poller;
  sys::Resolver& resolver;
  sys::Clock& clock;
  sys::Random& random;
  const sys::Stop& stop;
  std::function<base::Result<http1::Roots>()> roots;         // asked at the first TLS connection
  std::function<void(const Measurement&, Micros)> progress;  // every ten seconds, with the time since the start
};

// Arrivals take the scenarios in turn. What has not ended `options.request_timeout` after the plan's end fails.
// Connections are used again for every method; GET and HEAD are sent again where the server closed one just then.
// Error: interrupted. Whatever a server does is measured.
base::Result<Measurement> run(const World& world, std::span<const Scenario> scenarios, const hurl::Variables& variables,
                              const hurl::RunOptions& options, const Shape& shape,
                              std::span<const Threshold> thresholds);

}  // namespace sentimark::load
