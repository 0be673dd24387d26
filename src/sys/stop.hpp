// Stop: whether this run has been asked to end, and how urgently.
#pragma once

namespace sentimark::sys {

enum class StopKind {
  none,
  interrupt,  // SIGINT: describe the state and go (the Actions runner gives 7.5 s)
  terminate,  // SIGTERM: go now (2.5 s)
};

// Every wait takes one. Implementations must make their waits end when it changes.
class Stop {
 public:
  virtual ~Stop() = default;
  virtual StopKind kind() const = 0;
  // Takes the request down, so that waits go on until the next one, and returns what was asked. Only whoever sees to
  // it.
  virtual StopKind acknowledge() { return kind(); }
  bool requested() const { return kind() != StopKind::none; }
};

}  // namespace sentimark::sys
