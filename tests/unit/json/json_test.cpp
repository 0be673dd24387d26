#include <gtest/gtest.h>

#include "json/text.hpp"
#include "unit/matchers.hpp"

using namespace sentimark;
using json::Value;
using test::has_kind;
using test::is_ok;

TEST(Json, keeps_order_and_types) {
  const std::string text = R"({"b":[1,-2.5,"x",true,null],"a":{"n":9223372036854775807}})";
  const auto value = json::parse(text);
  ASSERT_TRUE(is_ok(value));
  EXPECT_EQ(json::to_text(*value), text);
}

TEST(Json, a_look_up_that_misses_gives_null_all_the_way) {
  const auto value = json::parse(R"({"status":{"replicas":3}})");
  ASSERT_TRUE(is_ok(value));
  EXPECT_EQ((*value)["status"]["replicas"].int_or(0), 3);
  EXPECT_TRUE((*value)["status"]["conditions"]["x"].is_null());
  EXPECT_EQ((*value)["status"]["replicas"].string_or_empty(), "");
}

TEST(Json, refuses_hostile_text) {
  const std::string nul_behind("1\0x", 3);
  for (const std::string& text :
       {std::string(""), std::string("{"), std::string("[1,]"), std::string(R"({"a":1,"a":2})"), std::string("1 2"),
        nul_behind, std::string("\"\xff\""), std::string("NaN"), std::string("{'a':1}"), std::string("[1] // x")}) {
    EXPECT_TRUE(has_kind(json::parse(text), base::Outcome::config)) << text;
  }
}

TEST(Json, depth_and_count_are_bounded) {
  json::Limits limits;
  limits.depth = 10;
  limits.values = 100;
  EXPECT_TRUE(is_ok(json::parse(std::string(10, '[') + std::string(10, ']'), limits)));
  EXPECT_TRUE(has_kind(json::parse(std::string(11, '[') + std::string(11, ']'), limits), base::Outcome::config));
  std::string many = "[0";
  for (int i = 0; i < 100; ++i) many += ",0";
  EXPECT_TRUE(has_kind(json::parse(many + "]", limits), base::Outcome::config));
  // A hundred thousand levels must cost no stack either.
  EXPECT_TRUE(has_kind(json::parse(std::string(100'000, '[')), base::Outcome::config));
}

TEST(Json, equality_ignores_the_order_of_members_and_the_kind_of_number) {
  const auto left = json::parse(R"({"a":1,"b":[1,2]})");
  const auto right = json::parse(R"({"b":[1,2.0],"a":1.0})");
  const auto other = json::parse(R"({"b":[2,1],"a":1})");
  ASSERT_TRUE(is_ok(left) && is_ok(right) && is_ok(other));
  EXPECT_EQ(*left, *right);
  EXPECT_FALSE(*left == *other);
}

TEST(Json, set_replaces_in_place_and_remove_forgets) {
  Value value = Value::object();
  value.set("a", 1);
  value.set("b", "x");
  value.set("a", 2);
  EXPECT_EQ(json::to_text(value), R"({"a":2,"b":"x"})");
  value.remove("a");
  EXPECT_EQ(json::to_text(value), R"({"b":"x"})");
}

TEST(Json, writes_only_valid_utf8_and_finite_numbers) {
  EXPECT_EQ(json::to_text(Value("\xff")), "\"\uFFFD\"");
  EXPECT_EQ(json::to_text(Value(1.0 / 3)), "0.3333333333333333");
  EXPECT_EQ(json::to_text(Value(std::numeric_limits<double>::infinity())), "null");
}
