#include "helm/values.hpp"

#include <gtest/gtest.h>

#include "helm/ignore.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using test::has_kind;
using test::is_ok;

TEST(Values, merge_maps_and_replace_the_rest) {
  const auto values = helm::merge_values({{"a.yaml", "image: {tag: '1', name: x}\nlist: [1, 2]\nkeep: 1"},
                                          {"b.yaml", "image: {tag: '2'}\nlist: [3]\ngone: null"}});
  ASSERT_TRUE(is_ok(values));
  EXPECT_EQ(values->text, "{\"gone\":null,\"image\":{\"name\":\"x\",\"tag\":\"2\"},\"keep\":1,\"list\":[3]}\n");
}

TEST(Values, of_another_kind_replace_a_map_and_a_map_replaces_them) {
  const auto values = helm::merge_values({{"a.yaml", "map: {a: 1}\nword: x"}, {"b.yaml", "map: [2]\nword: {b: 3}"}});
  ASSERT_TRUE(is_ok(values));
  EXPECT_EQ(values->text, "{\"map\":[2],\"word\":{\"b\":3}}\n");
}

TEST(Values, of_nothing_are_an_empty_map) {
  const auto values = helm::merge_values({{"a.yaml", "# only a comment\n"}});
  ASSERT_TRUE(is_ok(values));
  EXPECT_EQ(values->text, "{}\n");
}

TEST(Values, refuse_a_list) { EXPECT_TRUE(has_kind(helm::merge_values({{"a.yaml", "- 1"}}), base::Outcome::config)); }

TEST(Ignore, follows_the_rules_of_helm) {
  const auto ignore = helm::Ignore::parse("# comment\n*.tmp\n/root.txt\ndocs/\na/b?.txt\n");
  ASSERT_TRUE(is_ok(ignore));
  EXPECT_TRUE(ignore->ignores("x/y.tmp", false));
  EXPECT_TRUE(ignore->ignores("root.txt", false));
  EXPECT_FALSE(ignore->ignores("sub/root.txt", false));
  EXPECT_TRUE(ignore->ignores("docs", true));
  EXPECT_FALSE(ignore->ignores("docs", false));
  EXPECT_TRUE(ignore->ignores("a/b1.txt", false));
  EXPECT_TRUE(ignore->ignores("templates/.hidden.yaml", false));
  EXPECT_FALSE(ignore->ignores("values.yaml", false));
  EXPECT_TRUE(has_kind(helm::Ignore::parse("a/**/b"), base::Outcome::config));
}
