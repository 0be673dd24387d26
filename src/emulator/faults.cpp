#include "emulator/faults.hpp"

#include <array>
#include <cstdlib>
#include <sstream>

namespace sentimark::emulator {
namespace {

constexpr std::array<const char*, 12> kinds{"429",       "500",           "503",           "504-before",
                                            "504-after", "reset",         "reset-after",   "truncated-log",
                                            "lost-pod",  "policy-denial", "expired-token", "flip-byte"};

}  // namespace

base::Done Faults::add(const json::Value& entry) {
  Fault fault{entry["operation"].string_or_empty(),
              entry["kind"].string_or_empty(),
              entry["nth"].int_or(1),
              entry["count"].int_or(1),
              entry["retryAfter"].int_or(1),
              entry["file"].string_or_empty()};
  bool known = false;
  for (const char* kind : kinds) known = known || fault.kind == kind;
  if (!known || fault.operation.empty())
    return base::fail(base::Outcome::usage, "fault without an operation or of unknown kind \"" + fault.kind + "\"",
                      "see docs/emulator.md for the kinds");
  faults_.push_back(fault);
  return {};
}

base::Done Faults::add(const std::string& spec) {
  json::Value entry = json::Value::object();
  std::istringstream words(spec);
  for (std::string word; std::getline(words, word, ',');) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos)
      return base::fail(base::Outcome::usage, "fault \"" + spec + "\" is not name=value,name=value");
    const std::string name = word.substr(0, equals);
    const std::string value = word.substr(equals + 1);
    const bool number = name == "nth" || name == "count" || name == "retryAfter";
    entry.set(name, number ? json::Value(std::int64_t{std::atoll(value.c_str())}) : json::Value(value));
  }
  return add(entry);
}

std::optional<Fault> Faults::next(const std::string& operation) {
  const std::lock_guard lock(mutex_);
  const std::int64_t call = ++calls_[operation];
  for (const Fault& fault : faults_)
    if (fault.operation == operation && call >= fault.nth && call < fault.nth + fault.count) return fault;
  return std::nullopt;
}

}  // namespace sentimark::emulator
