#include "fake/processes.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sentimark::fake {
namespace {

bool begins_with(const std::vector<std::string>& argv, const std::vector<std::string>& words) {
  if (words.size() > argv.size()) return false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].empty() && words[i] != argv[i]) return false;
  }
  return true;
}

std::string line_of(const std::vector<std::string>& argv) {
  std::string line;
  for (const std::string& word : argv) line += (line.empty() ? "" : " ") + word;
  return line;
}

}  // namespace

base::Instant FakeProcesses::Child::next() const {
  const base::Instant event =
      born + (printed < script.prints.size() ? script.prints[printed].after : std::max(script.lasts, base::Millis{0}));
  return killed ? std::min(*killed, event) : event;
}

FakeProcesses::Rule* FakeProcesses::rule_for(const sys::Command& command) {
  Rule* best = nullptr;
  for (Rule& rule : rules_) {
    if (!begins_with(command.argv, rule.begins)) continue;
    if (best == nullptr || rule.begins.size() > best->begins.size() ||
        (rule.begins.size() == best->begins.size() && best->used))
      best = &rule;
  }
  return best;
}

base::Result<sys::ProcessId> FakeProcesses::start(const sys::Command& command) {
  const std::string& program = command.argv.front();
  if (const auto found = unstartable_.find(program); found != unstartable_.end())
    return base::fail(base::Outcome::config, "cannot start " + program, "install it or give its path", found->second);
  started.push_back(command);
  Rule* rule = rule_for(command);
  if (rule == nullptr) {
    return base::fail(base::Outcome::config, "the test has no script for: " + line_of(command.argv), {}, "not-found");
  }
  rule->used = true;
  Script script = rule->make(command);
  std::stable_sort(script.prints.begin(), script.prints.end(),
                   [](const Script::Print& left, const Script::Print& right) { return left.after < right.after; });
  if (!script.prints.empty()) script.lasts = std::max(script.lasts, script.prints.back().after);
  children_.emplace(++last_, Child{clock_.monotonic(), std::move(script), 0, std::nullopt, 0});
  return last_;
}

sys::ProcessEvent FakeProcesses::wait_any(base::Instant deadline, const sys::Stop& stop) {
  for (;;) {
    const auto first = std::min_element(children_.begin(), children_.end(), [](const auto& left, const auto& right) {
      return left.second.next() < right.second.next();
    });
    const base::Instant at = first == children_.end() ? deadline : std::min(deadline, first->second.next());
    if (at > clock_.monotonic()) {
      if (!clock_.sleep_until(at, stop)) return {sys::ProcessEvent::Kind::stopped, 0, {}, -1};
      continue;  // what was planned for this span may have changed the children
    }
    if (first == children_.end() || first->second.next() > at) return {};
    auto& [id, child] = *first;
    const bool killed = child.killed && *child.killed <= at;
    if (!killed && child.printed < child.script.prints.size()) {
      const Script::Print& print = child.script.prints[child.printed++];
      return {print.on_error ? sys::ProcessEvent::Kind::error : sys::ProcessEvent::Kind::output, id, print.text, -1};
    }
    sys::ProcessEvent end{sys::ProcessEvent::Kind::exited, id, {}, killed ? child.killed_by : child.script.exit_code};
    children_.erase(first);
    return end;
  }
}

void FakeProcesses::signal(sys::ProcessId process, sys::Signal signal) {
  signals.emplace_back(process, signal);
  const auto found = children_.find(process);
  if (found == children_.end()) return;
  if (signal != sys::Signal::kill && found->second.script.ignores_terminate) return;
  found->second.killed = clock_.monotonic();
  found->second.killed_by = 128 + (signal == sys::Signal::kill ? 9 : signal == sys::Signal::terminate ? 15 : 2);
}

void FakeProcesses::kill_all() {
  for (const auto& [id, child] : children_) signals.emplace_back(id, sys::Signal::kill);
  children_.clear();
}

void FakeProcesses::when(std::vector<std::string> begins, Script script) {
  when(std::move(begins), [script = std::move(script)](const sys::Command&) { return script; });
}

void FakeProcesses::when(std::vector<std::string> begins, std::function<Script(const sys::Command&)> make) {
  rules_.push_back({std::move(begins), std::move(make), false});
}

void FakeProcesses::cannot_start(const std::string& program, const std::string& code) { unstartable_[program] = code; }

std::size_t FakeProcesses::count(const std::vector<std::string>& begins) const {
  return static_cast<std::size_t>(std::count_if(
      started.begin(), started.end(), [&](const sys::Command& command) { return begins_with(command.argv, begins); }));
}

}  // namespace sentimark::fake
