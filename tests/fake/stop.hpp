// FakeStop: a stop request that a test makes.
#pragma once
#include <utility>

#include "sys/stop.hpp"

namespace sentimark::fake {

class FakeStop final : public sys::Stop {
 public:
  sys::StopKind kind() const override { return kind_; }
  sys::StopKind acknowledge() override { return std::exchange(kind_, sys::StopKind::none); }
  void request(sys::StopKind kind) { kind_ = kind; }

 private:
  sys::StopKind kind_ = sys::StopKind::none;
};

}  // namespace sentimark::fake
