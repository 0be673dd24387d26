// Fiber: a thread of a simulated program that runs only when it is handed the baton, and hands it back itself.
//
// Fibers instead of threads of the system: the baton passes in a tenth of a microsecond instead of ten, nothing can run
// beside it, and the order is ours alone.
#pragma once
#include <ucontext.h>

#include <functional>
#include <memory>
#include <vector>

namespace sentimark::sim {

// Stacks are used again from seed to seed: mapping them is dear.
class Stacks {
 public:
  struct Stack {
    char* low = nullptr;
    std::size_t size = 0;
  };
  Stacks() = default;
  ~Stacks();
  Stacks(const Stacks&) = delete;
  Stacks& operator=(const Stacks&) = delete;
  Stack take();
  void give_back(Stack stack) { free_.push_back(stack); }

 private:
  std::vector<Stack> free_;
};

class Fiber {
 public:
  // `body` runs at the first resume. It must return before the fiber is destroyed: what is on its stack is its own.
  Fiber(Stacks& stacks, std::function<void()> body);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  void resume();   // from the scheduler: returns when the fiber suspends or ends
  void suspend();  // from the fiber: back to the scheduler
  bool ended() const { return ended_; }

 private:
  static void enter(unsigned high, unsigned low);
  void run();
  Stacks& stacks_;
  Stacks::Stack stack_;
  std::function<void()> body_;
  ucontext_t own_{};
  ucontext_t scheduler_{};
  bool ended_ = false;
  void* own_fake_ = nullptr;
  void* scheduler_fake_ = nullptr;
  const void* scheduler_low_ = nullptr;
  std::size_t scheduler_size_ = 0;
};

}  // namespace sentimark::sim
