// Finding: one thing that a rule says of one object, and where it was written.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "kube/lint.hpp"
#include "yaml/stream.hpp"

namespace sentimark::verify {

enum class Verdict {
  pass,
  warn,
  fail,
  accepted,  // it is so, and somebody gave a reason
  open,      // neither a pass nor a fail can be said of it yet
};

std::string_view word_of(Verdict verdict);  // "pass", "warn", "fail", "accepted", "inconclusive"

struct Finding {
  static constexpr std::size_t k_no_object = static_cast<std::size_t>(-1);

  std::string rule;
  std::string level;  // "error", "warning"; of a Pod Security check the level that was asked for
  Verdict verdict = Verdict::warn;
  std::size_t object = k_no_object;
  kube::ObjectRef ref;
  std::string path;  // from the object
  std::string file;
  yaml::Mark mark;
  std::string message;
  std::string fix;
  std::string reason = {};  // why it is accepted
  std::string value_file =
      {};  // the values file and the key in it that caused it; empty when none did, or none is known
  std::string value_key = {};
  std::uint32_t value_line = 0;
  std::vector<kube::PatchStep> patch = {};
};

// The worst verdict of all, what is open aside; pass when there is none.
Verdict worst(const std::vector<Finding>& findings);

struct Counts {
  std::size_t fail = 0;
  std::size_t warn = 0;
  std::size_t accepted = 0;
  std::size_t pass = 0;
  std::size_t open = 0;
};
Counts count(const std::vector<Finding>& findings);

}  // namespace sentimark::verify
