// Sys: everything outside our own memory, built once in main.cpp and passed down.
#pragma once
#include "sys/clock.hpp"
#include "sys/env.hpp"
#include "sys/files.hpp"
#include "sys/log.hpp"
#include "sys/processes.hpp"
#include "sys/random.hpp"
#include "sys/secrets.hpp"
#include "sys/stop.hpp"

namespace sentimark::sys {

struct Sys {
  Clock& clock;
  const Env& env;
  Files& files;
  Processes& processes;
  Random& random;
  Log& log;
  Secrets& secrets;
  Stop& stop;
};

}  // namespace sentimark::sys
