#include "runner/console.hpp"

#include <unistd.h>

namespace sentimark::runner {
namespace {

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(descriptor, text.data(), text.size());
    if (wrote <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

Story::Look look_of(const sys::Env& env, const Program& program) {
  Story::Look look;
  look.actions = in_actions(env);
  look.colour = !look.actions && ::isatty(2) == 1 && !env.get("NO_COLOR").has_value();
  look.debug = env.get_or("RUNNER_DEBUG", "") == "1";
  look.title = program.name;
  return look;
}

}  // namespace

Console::Console(const Program& program)
    : clock_(stop_.wake_descriptor()),
      processes_(clock_, stop_.wake_descriptor()),
      story_([](std::string_view text) { write_all(2, text); }, random_, look_of(env_, program)),
      // A secret is announced before anything else can leak it.
      secrets_(in_actions(env_) ? std::function<void(std::string_view)>(
                                      [](std::string_view line) { write_all(2, command_of("add-mask", "", line)); })
                                : nullptr),
      sys_{clock_, env_, files_, processes_, random_, story_, secrets_, stop_} {
  story_.redact_with(secrets_);
}

Write Console::out() const {
  return [](std::string_view text) { write_all(1, text); };
}

}  // namespace sentimark::runner
