// FakeProcesses: children that do what a script says, in virtual time.
#pragma once
#include <functional>
#include <map>
#include <optional>

#include "fake/clock.hpp"
#include "sys/processes.hpp"

namespace sentimark::fake {

// What a child does: prints at moments after its start, then ends.
struct Script {
  struct Print {
    base::Millis after{0};
    std::string text;
    bool on_error = false;
  };
  std::vector<Print> prints;
  base::Millis lasts{0};
  int exit_code = 0;
  bool ignores_terminate = false;

  static Script prints_and_ends(std::string out, int exit_code = 0) {
    return {{{base::Millis{0}, std::move(out), false}}, base::Millis{0}, exit_code, false};
  }
  static Script fails(std::string error, int exit_code = 1) {
    return {{{base::Millis{0}, std::move(error), true}}, base::Millis{0}, exit_code, false};
  }
};

class FakeProcesses final : public sys::Processes {
 public:
  explicit FakeProcesses(FakeClock& clock) : clock_(clock) {}

  base::Result<sys::ProcessId> start(const sys::Command& command) override;
  sys::ProcessEvent wait_any(base::Instant deadline, const sys::Stop& stop) override;
  void signal(sys::ProcessId process, sys::Signal signal) override;
  void kill_all() override;

  // A command whose argument vector begins with these words gets this script. The longest match wins; of equal ones
  // each serves once, in order, and the last for ever after. An empty word stands for any.
  void when(std::vector<std::string> begins, Script script);
  // The script is made from the command, for what depends on its input or has side effects.
  void when(std::vector<std::string> begins, std::function<Script(const sys::Command&)> make);
  // Starting this program fails, with code "not-found" or "not-executable".
  void cannot_start(const std::string& program, const std::string& code);

  std::vector<sys::Command> started;  // in order
  std::vector<std::pair<sys::ProcessId, sys::Signal>> signals;
  std::size_t running() const { return children_.size(); }
  // How many started commands begin with these words.
  std::size_t count(const std::vector<std::string>& begins) const;

 private:
  struct Rule {
    std::vector<std::string> begins;
    std::function<Script(const sys::Command&)> make;
    bool used = false;
  };
  struct Child {
    base::Instant born;
    Script script;
    std::size_t printed = 0;
    std::optional<base::Instant> killed;  // when a signal ends it
    int killed_by = 0;
    base::Instant next() const;
  };
  Rule* rule_for(const sys::Command& command);

  FakeClock& clock_;
  std::vector<Rule> rules_;
  std::map<std::string, std::string> unstartable_;
  std::map<sys::ProcessId, Child> children_;
  sys::ProcessId last_ = 0;
};

}  // namespace sentimark::fake
