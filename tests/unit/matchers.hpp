// is_ok and has_kind: assertions on a Result that print the error when they fail.
#pragma once
#include <gtest/gtest.h>

#include "base/result.hpp"

namespace sentimark::test {

template <typename T>
testing::AssertionResult is_ok(const base::Result<T>& result) {
  if (result.ok()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << result.error().sentence() << " [" << result.error().code << "]";
}

template <typename T>
testing::AssertionResult has_kind(const base::Result<T>& result, base::Outcome kind) {
  if (result.ok()) return testing::AssertionFailure() << "it succeeded";
  if (result.error().kind == kind) return testing::AssertionSuccess();
  return testing::AssertionFailure() << base::row_of(result.error().kind).word << ": " << result.error().sentence();
}

}  // namespace sentimark::test
