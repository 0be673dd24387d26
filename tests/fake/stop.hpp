// FakeStop: a stop request that a test makes.
#pragma once
#include "sys/stop.hpp"

namespace sentimark::fake {

class FakeStop final : public sys::Stop {
 public:
  sys::StopKind kind() const override { return kind_; }
  void request(sys::StopKind kind) { kind_ = kind; }

 private:
  sys::StopKind kind_ = sys::StopKind::none;
};

}  // namespace sentimark::fake
