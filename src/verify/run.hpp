// The job of verify: the verb that was asked for.
#pragma once
#include "runner/run_program.hpp"
#include "sys/http.hpp"
#include "sys/poller.hpp"

namespace sentimark::verify {

// What a verb may reach.
struct Outside {
  sys::Sys& sys;
  sys::Network& network;
  sys::Poller& poller;  // for many connections at once
  sys::Resolver& resolver;
  sys::Http& http;
};

base::Result<runner::Ending> run(const Outside& outside, const runner::Inputs& inputs);

}  // namespace sentimark::verify
