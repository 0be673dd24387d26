#include "sim/fiber.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#define SENTIMARK_BEFORE_SWITCH(save, low, size) __sanitizer_start_switch_fiber(save, low, size)
#define SENTIMARK_AFTER_SWITCH(saved, low, size) __sanitizer_finish_switch_fiber(saved, low, size)
#else
#define SENTIMARK_BEFORE_SWITCH(save, low, size) (void)(save)
#define SENTIMARK_AFTER_SWITCH(saved, low, size) (void)(saved)
#endif

namespace sentimark::sim {
namespace {

constexpr std::size_t k_stack = std::size_t{1} << 20U;  // touched pages only are real
constexpr std::size_t k_guard = std::size_t{64} << 10U;

}  // namespace

Stacks::~Stacks() {
  for (const Stack& stack : free_) ::munmap(stack.low - k_guard, stack.size + k_guard);
}

Stacks::Stack Stacks::take() {
  if (!free_.empty()) {
    const Stack stack = free_.back();
    free_.pop_back();
    return stack;
  }
  void* mapped = ::mmap(nullptr, k_stack + k_guard, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (mapped == MAP_FAILED || ::mprotect(mapped, k_guard, PROT_NONE) != 0) std::abort();
  return {static_cast<char*>(mapped) + k_guard, k_stack};
}

Fiber::Fiber(Stacks& stacks, std::function<void()> body)
    : stacks_(stacks), stack_(stacks.take()), body_(std::move(body)) {
  ::getcontext(&own_);
  own_.uc_stack.ss_sp = stack_.low;
  own_.uc_stack.ss_size = stack_.size;
  own_.uc_link = nullptr;
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  ::makecontext(&own_, reinterpret_cast<void (*)()>(&Fiber::enter), 2,
                static_cast<unsigned>(static_cast<std::uint64_t>(self) >> 32U), static_cast<unsigned>(self));
}

Fiber::~Fiber() { stacks_.give_back(stack_); }

void Fiber::enter(unsigned high, unsigned low) {
  const std::uint64_t self = (std::uint64_t{high} << 32U) | low;
  reinterpret_cast<Fiber*>(static_cast<std::uintptr_t>(self))->run();
}

void Fiber::run() {
  SENTIMARK_AFTER_SWITCH(nullptr, &scheduler_low_, &scheduler_size_);
  body_();
  body_ = nullptr;
  ended_ = true;
  SENTIMARK_BEFORE_SWITCH(nullptr, scheduler_low_, scheduler_size_);
  ::setcontext(&scheduler_);
}

void Fiber::resume() {
  SENTIMARK_BEFORE_SWITCH(&scheduler_fake_, stack_.low, stack_.size);
  ::swapcontext(&scheduler_, &own_);
  SENTIMARK_AFTER_SWITCH(scheduler_fake_, nullptr, nullptr);
}

void Fiber::suspend() {
  SENTIMARK_BEFORE_SWITCH(&own_fake_, scheduler_low_, scheduler_size_);
  ::swapcontext(&own_, &scheduler_);
  SENTIMARK_AFTER_SWITCH(own_fake_, &scheduler_low_, &scheduler_size_);
}

}  // namespace sentimark::sim
