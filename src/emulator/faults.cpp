#include "emulator/faults.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>

namespace sentimark::emulator {
namespace {

struct Kind {
  const char* name;
  const char* operation;  // the only one it can meet; empty: any
};

constexpr std::array<Kind, 19> kinds{{{"429", ""},
                                      {"500", ""},
                                      {"503", ""},
                                      {"504-before", ""},
                                      {"504-after", ""},
                                      {"reset", ""},
                                      {"reset-after", ""},
                                      {"expired-token", "token"},
                                      {"expired-assertion", "oidcToken"},
                                      {"policy-denial", "runCommand"},
                                      {"gatekeeper-denial", "runCommand"},
                                      {"slow-start", "runCommand"},
                                      {"late-pod", "runCommand"},
                                      {"lost-pod", "runCommand"},
                                      {"duplicate", "runCommand"},
                                      {"truncated-log", "runCommand"},
                                      {"flip-byte", "runCommand"},
                                      {"no-exec", "runCommand"},
                                      {"stale-result", "commandResult"}}};

constexpr std::array<const char*, 17> operations{
    "oidcToken",       "oidcDiscovery", "oidcJwks",    "managedToken", "discovery",  "jwks",
    "token",           "subscriptions", "getCluster",  "startCluster", "runCommand", "commandResult",
    "operationResult", "getSecret",     "listSecrets", "listVersions", "setSecret"};

constexpr std::array<const char*, 8> members{"operation",  "kind", "nth",     "count",
                                             "retryAfter", "file", "seconds", "bytes"};

}  // namespace

base::Done Faults::add(const json::Value& entry) {
  const auto wrong = [](const std::string& what) {
    return base::fail(base::Outcome::usage, "fault: " + what, "see docs/emulator.md for faults and operations");
  };
  for (const auto& [name, value] : entry.members())
    if (std::find(members.begin(), members.end(), name) == members.end()) return wrong("unknown member " + name);
  Fault fault{entry["operation"].string_or_empty(),
              entry["kind"].string_or_empty(),
              entry["nth"].int_or(1),
              entry["count"].int_or(1),
              entry["retryAfter"].int_or(1),
              entry["file"].string_or_empty(),
              entry["seconds"].int_or(1),
              entry["bytes"].int_or(-1)};
  if (std::find(operations.begin(), operations.end(), fault.operation) == operations.end())
    return wrong("unknown operation \"" + fault.operation + "\"");
  const auto kind =
      std::find_if(kinds.begin(), kinds.end(), [&](const Kind& known) { return fault.kind == known.name; });
  if (kind == kinds.end()) return wrong("unknown kind \"" + fault.kind + "\"");
  if (!entry.has("seconds")) fault.seconds = fault.kind == "late-pod" ? 40 : fault.kind == "slow-start" ? 5 : 1;
  if (*kind->operation != '\0' && fault.operation != kind->operation)
    return wrong(fault.kind + " meets only " + kind->operation);
  faults_.push_back(fault);
  return {};
}

base::Done Faults::add_all(const json::Value& list) {
  for (const json::Value& entry : list.is_object() ? list["faults"].items() : list.items()) SENTIMARK_TRY(add(entry));
  return {};
}

base::Done Faults::add_spec(const std::string& spec) {
  json::Value entry = json::Value::object();
  std::istringstream words(spec);
  for (std::string word; std::getline(words, word, ',');) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos)
      return base::fail(base::Outcome::usage, "fault \"" + spec + "\" is not name=value,name=value");
    const std::string name = word.substr(0, equals);
    const std::string value = word.substr(equals + 1);
    const bool number =
        name == "nth" || name == "count" || name == "retryAfter" || name == "seconds" || name == "bytes";
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
