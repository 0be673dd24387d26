// JUnit XML as most readers of it take it.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "verify/finding.hpp"

namespace sentimark::verify {

struct JunitSuite {
  std::string name;
  std::size_t tests = 0;
  std::size_t errors = 0;  // what kept a check from being made
  std::size_t failures = 0;
  std::string more = {};   // further attributes: ` time="1.250"`
  std::string cases = {};  // its elements
};

// A case for each object, or file where there is none, and rule.
JunitSuite suite_of(std::string name, const std::vector<Finding>& findings);

std::string junit_of(std::span<const JunitSuite> suites);

}  // namespace sentimark::verify
