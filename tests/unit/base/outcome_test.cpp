#include "base/outcome.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

using namespace sentimark;

// HE-04, B-07: an exit code or word that stood for two things would tell the user nothing.
TEST(Outcome, every_row_has_its_own_code_and_word) {
  std::set<int> codes;
  std::set<std::string_view> words;
  int last = -1;
  for (const base::OutcomeRow& row : base::outcome_table()) {
    EXPECT_TRUE(codes.insert(row.exit_code).second) << row.exit_code;
    EXPECT_TRUE(words.insert(row.word).second) << row.word;
    EXPECT_FALSE(row.meaning.empty());
    EXPECT_GT(row.exit_code, last);
    last = row.exit_code;
    EXPECT_EQ(&base::row_of(row.outcome), &row);
  }
}

TEST(Outcome, only_success_is_zero) {
  for (const base::OutcomeRow& row : base::outcome_table()) {
    EXPECT_EQ(row.exit_code == 0, row.outcome == base::Outcome::ok) << row.word;
  }
}
