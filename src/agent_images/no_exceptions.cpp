// The agent throws nothing, yet the C++ runtime would bring 130 kB of unwinder and demangler for what might be thrown
// in it. These take the place of the runtime's own: memory that is not to be had, and anything thrown, end the program.
#include <cstdlib>
#include <exception>
#include <new>

void* operator new(std::size_t size) {
  void* memory = std::malloc(size != 0 ? size : 1);
  if (memory == nullptr) std::abort();
  return memory;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size != 0 ? size : 1); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

[[noreturn]] void std::terminate() noexcept { std::abort(); }

// The entry points of the Itanium C++ ABI by which exceptions are thrown and caught.
#define SENTIMARK_NEVER(name) \
  extern "C" [[noreturn]] void name() { std::abort(); }
SENTIMARK_NEVER(__cxa_allocate_exception)
SENTIMARK_NEVER(__cxa_free_exception)
SENTIMARK_NEVER(__cxa_throw)
SENTIMARK_NEVER(__cxa_rethrow)
SENTIMARK_NEVER(__cxa_begin_catch)
SENTIMARK_NEVER(__cxa_end_catch)
SENTIMARK_NEVER(__gxx_personality_v0)
SENTIMARK_NEVER(_Unwind_Resume)
