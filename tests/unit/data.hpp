// Reads a table of cases from tests/data.
#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "json/text.hpp"
#include "unit/matchers.hpp"

namespace sentimark::test {

// The JSON value in tests/data/<name>; null, and a failure of the test, when it cannot be read.
inline json::Value data(const std::string& name) {
  std::ifstream file(std::string(SENTIMARK_TEST_DATA) + "/" + name, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  const auto value = json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
  EXPECT_TRUE(is_ok(value)) << name;
  return value ? *value : json::Value();
}

}  // namespace sentimark::test
