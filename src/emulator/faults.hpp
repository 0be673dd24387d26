// Faults by script: which operation, from which call on, how often.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "json/value.hpp"

namespace sentimark::emulator {

struct Fault {
  std::string operation;  // as in the journal, e.g. runCommand
  std::string kind;       // see docs/emulator.md
  std::int64_t nth = 1;   // the first call it meets, from 1
  std::int64_t count = 1;
  std::int64_t retry_after = 1;  // seconds
  std::string file;              // flip-byte: the context's file
  std::int64_t seconds = 1;      // slow-start, late-pod: before the start; lost-pod: after it
  std::int64_t bytes = -1;       // truncated-log: what is left; -1: half
};

class Faults {
 public:
  // "operation=runCommand,kind=429,nth=1,count=1,retryAfter=2", or the members of an object. Error: usage.
  base::Done add_spec(const std::string& spec);
  base::Done add(const json::Value& entry);
  base::Done add_all(const json::Value& list);  // an array of such objects, or {"faults": [...]}

  // Counts a call of the operation and says which fault meets it.
  std::optional<Fault> next(const std::string& operation);

 private:
  std::vector<Fault> faults_;
  std::map<std::string, std::int64_t> calls_;
  std::mutex mutex_;
};

}  // namespace sentimark::emulator
