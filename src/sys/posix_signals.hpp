// SignalStop: SIGINT and SIGTERM as a Stop, and a file descriptor that wakes every poll of ours.
#pragma once
#include "sys/stop.hpp"

namespace sentimark::sys {

// One per process, made in main.cpp: it takes over both signals, and after its end they are ignored, since the result
// stands.
class SignalStop final : public Stop {
 public:
  SignalStop();
  ~SignalStop() override;
  SignalStop(const SignalStop&) = delete;
  SignalStop& operator=(const SignalStop&) = delete;

  StopKind kind() const override;
  StopKind acknowledge() override;
  int wake_descriptor() const;  // readable once a stop was requested, until it is acknowledged
};

}  // namespace sentimark::sys
